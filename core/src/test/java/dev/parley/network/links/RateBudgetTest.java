package dev.parley.network.links;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateBudgetTest {
    private final RateBudget budget = new RateBudget(10, 3);

    /** How many of a hundred there are. */
    private int take(long now) {
        int had = 0;
        for (int i = 0; i < 100; i++) {
            if (budget.takes(now)) {
                had++;
            }
        }
        return had;
    }

    @Test
    void there_is_what_was_saved_up_and_then_what_comes_at_its_rate() {
        assertThat(take(-7_000)).isEqualTo(3);
        assertThat(take(-6_800)).isEqualTo(2);
        assertThat(take(1_000_000)).isEqualTo(3);
    }

    @Test
    void it_says_when_there_is_one_and_then_there_is() {
        assertThat(budget.millisUntilOne(0)).isZero();
        take(0);
        assertThat(budget.millisUntilOne(0)).isEqualTo(100);
        assertThat(budget.millisUntilOne(30)).isEqualTo(70);
        assertThat(budget.takes(99)).isFalse();
        assertThat(budget.takes(100)).isTrue();
    }

    @Test
    void what_is_owed_is_made_up_for_first() {
        take(0);
        budget.owes(0);
        budget.owes(0);
        assertThat(budget.millisUntilOne(0)).isEqualTo(300);
        assertThat(take(300)).isOne();
    }

    @Test
    void what_is_saved_up_stays_when_the_rate_changes() {
        take(0);
        budget.change(1000, 5);
        assertThat(take(2)).isEqualTo(2);
        assertThat(take(1000)).isEqualTo(5);
    }
}
