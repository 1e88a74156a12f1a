package dev.parley.network.links;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.ValidatorId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeBudgetTest {
    private static final long SECOND = 1000;
    private static final int OF_ONE = 4;

    private final HandshakeBudget budget = new HandshakeBudget(4);
    private final InetAddress first = host(1);
    private final InetAddress second = host(2);
    private final List<Object> begun = new ArrayList<>();

    HandshakeBudgetTest() {
        budget.isAt(new ValidatorId(0), first);
        budget.isAt(new ValidatorId(1), second);
        budget.isAt(new ValidatorId(2), second);
    }

    private static InetAddress host(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** How many of a hundred may begin. */
    private int begin(InetAddress from, long now) {
        int may = 0;
        for (int i = 0; i < 100; i++) {
            Object connection = new Object();
            if (budget.begins(connection, from, now)) {
                begun.add(connection);
                may++;
            }
        }
        return may;
    }

    @Test
    void a_host_has_a_budget_for_each_validator_on_it_and_takes_no_other_hosts() {
        assertThat(begin(first, 0)).isEqualTo(OF_ONE);
        assertThat(begin(second, 0)).isEqualTo(2 * OF_ONE);
        assertThat(begin(first, 0)).isZero();
    }

    @Test
    void hosts_of_no_validator_share_one_budget() {
        assertThat(begin(host(77), 0)).isEqualTo(3 * OF_ONE);
        assertThat(begin(host(78), 0)).isZero();
        assertThat(begin(first, 0)).isEqualTo(OF_ONE);
    }

    @Test
    void those_under_way_count_until_they_end_however_long_that_takes() {
        begin(first, 0);
        assertThat(begin(first, 1000 * SECOND)).isZero();
        begun.forEach(budget::ended);
        assertThat(begin(first, 1000 * SECOND)).isEqualTo(OF_ONE);
    }

    @Test
    void those_that_end_at_once_may_be_followed_by_two_a_second() {
        begin(first, 0);
        begun.forEach(budget::ended);
        assertThat(begin(first, SECOND / 2)).isEqualTo(1);
    }

    @Test
    void a_validator_that_has_moved_takes_its_budget_along() {
        budget.isAt(new ValidatorId(0), host(3));
        assertThat(begin(host(3), 0)).isEqualTo(OF_ONE);
        assertThat(begin(first, 0)).as("a stranger's now").isEqualTo(3 * OF_ONE);
    }
}
