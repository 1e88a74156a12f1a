package dev.parley.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MeasuredNetworkTest {
    private static final long MEGABIT = 1_000_000;

    @Test
    void a_message_of_b_bytes_at_r_bits_per_second_leaves_after_8_b_over_r() {
        Egress egress = new Egress(2, 25 * MEGABIT);

        assertThat(egress.leaves(1000, 0, 3125)).isEqualTo(2000);
    }

    @Test
    void the_next_message_waits_until_the_last_one_has_left() {
        Egress egress = new Egress(2, 8 * MEGABIT);

        assertThat(egress.leaves(0, 0, 100)).isEqualTo(100);
        assertThat(egress.leaves(40, 0, 100)).isEqualTo(200);
        assertThat(egress.leaves(500, 0, 100)).isEqualTo(600);
    }

    @Test
    void one_validators_messages_do_not_hold_up_anothers() {
        Egress egress = new Egress(2, 8 * MEGABIT);
        egress.leaves(0, 0, 1_000_000);

        assertThat(egress.leaves(0, 1, 100)).isEqualTo(100);
    }

    @Test
    void parts_of_microseconds_add_up_and_are_not_lost() {
        Egress egress = new Egress(1, 80 * MEGABIT);

        assertThat(egress.leaves(0, 0, 1)).isEqualTo(1);
        for (int i = 0; i < 8; i++) {
            egress.leaves(0, 0, 1);
        }
        assertThat(egress.leaves(0, 0, 1)).isEqualTo(1);
        assertThat(egress.leaves(0, 0, 1)).isEqualTo(2);
    }

    @Test
    void without_a_bound_everything_leaves_at_once() {
        assertThat(new Egress(1, 0).leaves(7, 0, Integer.MAX_VALUE)).isEqualTo(7);
    }

    @Test
    void each_link_has_the_delay_that_the_matrix_gives_it() {
        Links links = Links.of(new long[][] {{0, 10}, {20, 0}});

        assertThat(links.delay(0, 1)).isEqualTo(10);
        assertThat(links.delay(1, 0)).isEqualTo(20);
        assertThat(Links.uniform(3, 5).delay(2, 1)).isEqualTo(5);
    }

    @Test
    void refuses_a_matrix_that_is_not_square_and_delays_below_zero() {
        assertThatThrownBy(() -> Links.of(new long[][] {{0, 1}, {1}})).hasMessageContaining("row 1 has 1 delays");
        assertThatThrownBy(() -> Links.of(new long[][] {{0, -1}, {1, 0}}))
                .hasMessageContaining("from 0 to 1 is below zero");
        assertThatThrownBy(() -> Links.uniform(4, 1).withEgress(0)).hasMessageContaining("1 bit per second or more");
    }
}
