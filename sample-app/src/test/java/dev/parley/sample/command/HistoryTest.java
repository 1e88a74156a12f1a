package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistoryTest {
    private final History history = new History();

    @Test
    void increments_in_order_and_side_by_side_are_right() {
        history.answered("a", 0, 10, 1);
        history.answered("a", 11, 30, 3);
        history.answered("a", 12, 20, 2);
        history.unanswered("a");
        assertThat(history.check("a", 3)).isEmpty();
        assertThat(history.check("a", 4)).isEmpty();
        assertThat(history.acknowledged()).isEqualTo(3);
        assertThat(history.unknown()).isOne();
    }

    @Test
    void a_lost_one_is_found() {
        history.answered("a", 0, 10, 1);
        history.answered("a", 11, 20, 2);
        assertThat(history.check("a", 1)).anyMatch(wrong -> wrong.contains("1 acknowledged increments are lost"));
    }

    @Test
    void one_that_was_executed_twice_is_found() {
        history.answered("a", 0, 10, 1);
        history.unanswered("a");
        assertThat(history.check("a", 3)).anyMatch(wrong -> wrong.contains("1 increments were executed twice"));
    }

    @Test
    void a_value_that_two_were_given_is_found() {
        history.answered("a", 0, 10, 1);
        history.answered("a", 0, 10, 1);
        assertThat(history.check("a", 2)).anyMatch(wrong -> wrong.contains("the value 1 was given to two"));
    }

    /** Each is there once, but the second to be asked for was executed before the first, which had been answered. */
    @Test
    void an_order_against_time_is_found() {
        history.answered("a", 0, 10, 2);
        history.answered("a", 11, 20, 1);
        assertThat(history.check("a", 2))
                .singleElement()
                .asString()
                .contains("a value above 1 had been answered before that one was asked for");
    }
}
