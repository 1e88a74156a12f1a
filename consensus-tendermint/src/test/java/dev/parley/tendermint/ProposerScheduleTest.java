package dev.parley.tendermint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ProposerScheduleTest {
    private static ValidatorSet validators(long... powers) {
        return new Fixture(TendermintSettings.DEFAULTS, powers).validators;
    }

    private static List<Integer> turns(ValidatorSet validators, int count) {
        ProposerSchedule schedule = new ProposerSchedule(validators);
        List<Integer> turns = new ArrayList<>();
        for (int height = 1; height <= count; height++) {
            turns.add(schedule.proposer(height, 0).index());
        }
        return turns;
    }

    /** Four to nine validators, none of which is a fault too large to bear. */
    @Provide
    Arbitrary<long[]> powers() {
        return Arbitraries.longs()
                .between(1, 40)
                .array(long[].class)
                .ofMinSize(4)
                .ofMaxSize(9)
                .filter(powers -> Arrays.stream(powers).max().orElse(0)
                        <= (Arrays.stream(powers).sum() - 1) / 3);
    }

    @Test
    void equal_validators_take_turns() {
        assertThat(turns(validators(1, 1, 1, 1), 9)).containsExactly(0, 1, 2, 3, 0, 1, 2, 3, 0);
        assertThat(turns(validators(7, 7, 7, 7), 5)).containsExactly(0, 1, 2, 3, 0);
    }

    @Test
    void heavier_ones_come_more_often_and_spread_out() {
        assertThat(turns(validators(3, 3, 2, 2), 10)).containsExactly(0, 1, 2, 3, 0, 1, 2, 3, 0, 1);
    }

    @Test
    void a_failed_round_hands_the_turn_to_the_next_height_s_proposer() {
        ProposerSchedule schedule = new ProposerSchedule(validators(3, 3, 2, 2));
        for (int height = 1; height < 50; height++) {
            for (int round = 0; round < 50; round++) {
                assertThat(schedule.proposer(height, round)).isEqualTo(schedule.proposer(height + round, 0));
            }
        }
    }

    @Test
    void the_greatest_heights_and_rounds_have_a_proposer() {
        ProposerSchedule schedule = new ProposerSchedule(validators(3, 3, 2, 2));
        assertThat(schedule.proposer(TendermintMessage.MAX_HEIGHT, TendermintMessage.MAX_ROUND)
                        .index())
                .isBetween(0, 3);
    }

    @Property(tries = 300)
    void everybody_has_its_exact_share_of_a_period_and_the_period_repeats(@ForAll("powers") long[] powers) {
        ValidatorSet validators = validators(powers);
        int sum = (int) validators.totalPower();
        List<Integer> turns = turns(validators, 2 * sum);
        for (int i = 0; i < powers.length; i++) {
            int index = i;
            assertThat(turns.subList(0, sum).stream().filter(turn -> turn == index))
                    .hasSize((int) powers[i]);
        }
        assertThat(turns.subList(sum, 2 * sum)).isEqualTo(turns.subList(0, sum));
    }

    /** A priority is how far its owner is behind its share, in turns times the sum of all power. */
    @Property(tries = 300)
    void nobody_is_a_turn_ahead_of_its_share_nor_further_behind_than_the_bound(@ForAll("powers") long[] powers) {
        assertPrioritiesAreBounded(powers);
    }

    @Test
    void somebody_may_be_more_than_a_turn_behind_its_share() {
        long[] powers = {9, 1, 39, 26, 30, 7, 13, 28, 1};
        assertThat(assertPrioritiesAreBounded(powers)).isGreaterThan(154);
    }

    /** @return the highest priority there is */
    private static long assertPrioritiesAreBounded(long[] powers) {
        ValidatorSet validators = validators(powers);
        long sum = validators.totalPower();
        List<Integer> turns = turns(validators, (int) sum);
        long[] had = new long[powers.length];
        long highest = 0;
        for (int turn = 1; turn <= turns.size(); turn++) {
            had[turns.get(turn - 1)]++;
            for (int i = 0; i < powers.length; i++) {
                long priority = turn * powers[i] - had[i] * sum;
                highest = Math.max(highest, priority);
                assertThat(priority).isGreaterThan(-sum);
                assertThat((double) priority).isLessThanOrEqualTo(sum * harmonic(1, powers.length));
            }
        }
        return highest;
    }

    /** 1 / (from + 1) + … + 1 / to. */
    private static double harmonic(int from, int to) {
        double total = 0;
        for (int i = from + 1; i <= to; i++) {
            total += 1.0 / i;
        }
        return total;
    }

    @Property(tries = 300)
    void every_validator_computes_the_same(@ForAll("powers") long[] powers) {
        assertThat(turns(validators(powers), 100)).isEqualTo(turns(validators(powers), 100));
    }

    /**
     * With each turn of theirs the priorities of k faulty ones, less than a third of the power, fall by more than two thirds of the sum in
     * all. They begin at most at k (1 / (k + 1) + … + 1 / n) sums and end above −k of them.
     */
    @Property(tries = 200)
    void a_faulty_third_has_a_bounded_number_of_turns_in_a_row(@ForAll("powers") long[] powers) {
        ValidatorSet validators = validators(powers);
        List<Integer> turns = turns(validators, 2 * (int) validators.totalPower());
        for (int faulty = 1; faulty < 1 << powers.length; faulty++) {
            long power = 0;
            for (int i = 0; i < powers.length; i++) {
                power += (faulty >> i & 1) * powers[i];
            }
            if (power <= validators.faultyPower()) {
                int members = Integer.bitCount(faulty);
                assertThat((double) longestRun(turns, faulty))
                        .isLessThan(1.5 * members * (1 + harmonic(members, powers.length)));
            }
        }
    }

    @Test
    void with_equal_power_f_faulty_validators_have_at_most_f_turns_in_a_row() {
        List<Integer> turns = turns(validators(1, 1, 1, 1, 1, 1, 1, 1, 1, 1), 20);
        for (int faulty = 1; faulty < 1 << 10; faulty++) {
            if (Integer.bitCount(faulty) <= 3) {
                assertThat(longestRun(turns, faulty)).isLessThanOrEqualTo(3);
            }
        }
    }

    /** So a height may take more than f + 2 rounds, counting heads, where powers differ. */
    @Test
    void two_validators_with_less_than_a_third_may_have_four_turns_in_a_row() {
        ValidatorSet validators = validators(2, 2, 5, 4, 4, 4, 4, 5, 1);
        assertThat(validators.faultyPower()).isEqualTo(10);
        assertThat(longestRun(turns(validators, 62), 1 << 2 | 1 << 7)).isEqualTo(4);
    }

    private static int longestRun(List<Integer> turns, int members) {
        int longest = 0;
        int run = 0;
        for (int turn : turns) {
            run = (members >> turn & 1) == 1 ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    @Test
    void hazard_19_huge_powers_neither_overflow_nor_take_anybody_s_turn() {
        long huge = 1L << 58;
        long[] powers = {huge - 1, huge, huge - 3, huge, 1};
        ValidatorSet validators = validators(powers);
        List<Integer> turns = turns(validators, ProposerSchedule.MAX_TURNS + powers.length);
        for (int i = 0; i < powers.length; i++) {
            int index = i;
            assertThat(turns).contains(index);
        }
        for (int i = 0; i < 4; i++) {
            int index = i;
            long had = turns.stream().filter(turn -> turn == index).count();
            assertThat(had).isCloseTo(ProposerSchedule.MAX_TURNS / 4, Offset.offset(4L));
        }
        assertThat(turns.stream().filter(turn -> turn == 4).count()).isBetween(1L, 2L);
    }

    @Test
    void powers_that_have_no_common_divisor_and_a_huge_sum_keep_the_table_small() {
        long[] powers = {1_000_000_007, 998_244_353, 999_999_937, 1_000_000_009};
        assertThat(new HashSet<>(turns(validators(powers), 8))).containsExactlyInAnyOrder(0, 1, 2, 3);
    }
}
