package dev.parley.network.secure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.network.secure.ReceiveWindow.Verdict;
import org.junit.jupiter.api.Test;

class ReceiveWindowTest {
    private final ReceiveWindow window = new ReceiveWindow();

    @Test
    void each_frame_passes_once_and_in_order() {
        assertThat(window.accept(1)).isEqualTo(Verdict.DELIVER);
        assertThat(window.accept(1)).isEqualTo(Verdict.DUPLICATE);
        assertThat(window.accept(3)).isEqualTo(Verdict.AFTER_GAP);
        assertThat(window.accept(2)).isEqualTo(Verdict.DELIVER);
        assertThat(window.accept(3)).isEqualTo(Verdict.DELIVER);
        assertThat(window.next()).isEqualTo(4);
    }

    @Test
    void a_sender_that_keeps_less_moves_it_on_and_never_back() {
        window.skipTo(5);
        assertThat(window.accept(5)).isEqualTo(Verdict.DELIVER);
        window.skipTo(2);
        assertThat(window.accept(5)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void a_sender_that_starts_anew_may_count_anew() {
        window.skipTo(50);
        window.restart(1);
        assertThat(window.accept(1)).isEqualTo(Verdict.DELIVER);
    }

    @Test
    void a_counter_passes_once_and_only_upwards() {
        ReplayGuard guard = new ReplayGuard();
        assertThat(guard.pass(1)).isTrue();
        assertThat(guard.pass(5)).as("others were lost").isTrue();
        assertThat(guard.pass(5)).as("played again").isFalse();
        assertThat(guard.pass(3)).as("overtaken").isFalse();
        assertThat(guard.pass(0)).isFalse();
    }
}
