package dev.parley.testkit.tendermint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.Lock;
import dev.parley.tendermint.TendermintRules;
import dev.parley.tendermint.VoteKind;
import dev.parley.testkit.tendermint.ExhaustiveSearch.Property;
import dev.parley.testkit.tendermint.ExhaustiveSearch.Result;
import dev.parley.testkit.tendermint.ExhaustiveSearch.Violation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class ExhaustiveSearchTest {
    /** No run of two rounds has as many states as this. */
    private static final int ENOUGH = 400_000;

    private static Result search(TendermintRules rules, int rounds, int byzantine, boolean symmetric) {
        return new ExhaustiveSearch(rules, rounds, byzantine, symmetric, ENOUGH).run();
    }

    @ParameterizedTest
    @CsvSource({"0, 474, 2319, 9", "1, 843, 4019, 10", "2, 843, 4019, 10", "3, 843, 4019, 10"})
    void one_round_keeps_all_properties_in_exactly_so_many_states(
            int byzantine, int states, long transitions, int depth) {
        Result result = search(TendermintRules.PAPER, 1, byzantine, true);

        assertThat(result.violations()).isEmpty();
        assertThat(result.complete()).isTrue();
        assertThat(result.states()).isEqualTo(states);
        assertThat(result.transitions()).isEqualTo(transitions);
        assertThat(result.depth()).isEqualTo(depth);
    }

    @ParameterizedTest
    @CsvSource({"0, 4551", "1, 1559", "2, 1559", "3, 1559"})
    void without_symmetry_there_are_more_states_and_the_same_verdict(int byzantine, int states) {
        Result result = search(TendermintRules.PAPER, 1, byzantine, false);

        assertThat(result.violations()).isEmpty();
        assertThat(result.complete()).isTrue();
        assertThat(result.states()).isEqualTo(states);
        assertThat(result.depth())
                .isEqualTo(search(TendermintRules.PAPER, 1, byzantine, true).depth());
    }

    @ParameterizedTest
    @CsvSource({"0, 185036, 18", "1, 314641, 19", "2, 246457, 19", "3, 246457, 19"})
    void two_rounds_keep_all_properties_while_validators_decide_and_locks_move(int byzantine, int states, int depth) {
        Result result = search(TendermintRules.PAPER, 2, byzantine, true);

        assertThat(result.violations()).isEmpty();
        assertThat(result.complete()).isTrue();
        assertThat(result.states()).isEqualTo(states);
        assertThat(result.depth()).isEqualTo(depth);
        assertThat(result.deciding()).hasSize(4).allMatch(count -> count > 1000);
        assertThat(result.relocks()).isPositive();
        assertThat(result.split() > 0)
                .as("votes for both blocks of a proposer that is Byzantine")
                .isEqualTo(byzantine < 2);
    }

    @Test
    void finds_a_quorum_of_prevotes_that_is_too_small() {
        TendermintRules broken = new TendermintRules() {
            @Override
            public long quorum(ValidatorSet validators, VoteKind kind) {
                return kind == VoteKind.PREVOTE ? 2 : validators.quorumPower();
            }
        };

        assertFound(broken, Property.AGREEMENT, 11);
    }

    @Test
    void finds_a_quorum_of_precommits_that_is_too_small() {
        TendermintRules broken = new TendermintRules() {
            @Override
            public long quorum(ValidatorSet validators, VoteKind kind) {
                return kind == VoteKind.PRECOMMIT ? 2 : validators.quorumPower();
            }
        };

        assertFound(broken, Property.PROOF, 5);
        assertFound(broken, Property.AGREEMENT, 11);
    }

    @Test
    void finds_that_polkas_lock_nothing() {
        TendermintRules broken = new TendermintRules() {
            @Override
            public Lock lockOn(Lock before, BlockId block, int round) {
                return before;
            }
        };

        assertFound(broken, Property.AGREEMENT, 13);
    }

    @Test
    void finds_that_who_is_locked_prevotes_another_fresh_block() {
        TendermintRules broken = new TendermintRules() {
            @Override
            public boolean mayPrevoteFresh(Lock lock, BlockId block) {
                return true;
            }
        };

        assertFound(broken, Property.AGREEMENT, 13);
    }

    @Test
    void finds_that_precommits_of_several_rounds_are_counted_together() {
        TendermintRules broken = new TendermintRules() {
            @Override
            public boolean countsPrecommitsAcrossRounds() {
                return true;
            }
        };

        assertFound(broken, Property.PROOF, 10);
    }

    /** The second proposer is Byzantine: it can offer another block to those who have locked the first. */
    private static void assertFound(TendermintRules broken, Property property, int depth) {
        Result result = search(broken, 2, 1, true);

        Violation violation = result.violations().get(property);
        if (violation == null) {
            throw new AssertionError("not found: " + property);
        }
        assertThat(violation.depth()).isEqualTo(depth);
        assertThat(violation.story()).hasSize(depth).last().asString().contains("decides");
    }
}
