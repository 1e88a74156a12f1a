package dev.parley.tendermint;

import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.util.List;

/**
 * Whose turn it is, by weighted round robin: at each turn every validator's priority rises by its weight, the highest one is chosen
 * (the lowest index among equals) and falls by the sum of all weights. Priorities stay above minus that sum and within it times
 * 1/2 + 1/3 + … + 1/n (the k highest are on average within it times 1/(k+1) + … + 1/n), and after as many turns as that sum all are zero
 * again: the schedule is a table that repeats, made once from the validator set alone. So there are no priorities that could be set,
 * inherited or overflow (hazard 19, ASA-2024-009), and nothing to restore after a restart.
 *
 * <p>Weights are the powers divided by their greatest common divisor; where these add up to more than {@value #MAX_TURNS}, by as many
 * powers of two as it takes, and at least 1: everybody's turn comes. Immutable.
 */
public final class ProposerSchedule {
    /** The most turns before the schedule repeats, but for the weights that were raised to 1. */
    static final int MAX_TURNS = 1 << 16;

    private final int[] turns;

    public ProposerSchedule(ValidatorSet validators) {
        long[] weights = weights(validators);
        long sum = 0;
        for (long weight : weights) {
            sum += weight;
        }
        long[] priorities = new long[weights.length];
        turns = new int[Math.toIntExact(sum)];
        for (int turn = 0; turn < turns.length; turn++) {
            int highest = 0;
            for (int i = 0; i < weights.length; i++) {
                priorities[i] += weights[i];
                if (priorities[i] > priorities[highest]) {
                    highest = i;
                }
            }
            priorities[highest] -= sum;
            turns[turn] = highest;
        }
    }

    /**
     * Algorithm 1's proposer(h, round). A failed round hands the turn to the next height's proposer.
     *
     * @param height 1 or more
     * @param round 0 or more
     */
    public ValidatorId proposer(long height, int round) {
        return new ValidatorId(turns[(int) ((height - 1 + round) % turns.length)]);
    }

    private static long[] weights(ValidatorSet validators) {
        List<Validator> all = validators.validators();
        long divisor = 0;
        for (Validator validator : all) {
            divisor = greatestCommonDivisor(validator.power(), divisor);
        }
        long sum = validators.totalPower() / divisor;
        int shift = sum <= MAX_TURNS ? 0 : Long.SIZE - Long.numberOfLeadingZeros((sum - 1) / MAX_TURNS);
        long[] weights = new long[all.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.max(1, (all.get(i).power() / divisor) >>> shift);
        }
        return weights;
    }

    private static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
