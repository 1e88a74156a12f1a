package dev.parley.consensus;

import dev.parley.crypto.PublicKey;
import dev.parley.crypto.SignatureScheme;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The validators of one epoch and their quorums, the only place that turns power into thresholds. Immutable.
 *
 * <p>With total power T at most f = ⌊(T − 1) / 3⌋ may be faulty. A <em>quorum</em> q = ⌊2T / 3⌋ + 1 meets any other in more than
 * f; a <em>weak quorum</em> w = f + 1 holds at least one correct validator. Counting 2f + 1 instead of q would be wrong where T
 * is not 3f + 1: with T = 6 two sets of 3 need not meet.
 */
public final class ValidatorSet {
    /** So that no sum of powers and no product with a small number can overflow. */
    public static final long MAX_TOTAL_POWER = 1L << 60;
    /** A bound on everything that is counted by validator. */
    public static final int MAX_VALIDATORS = 1024;

    private final List<Validator> validators;
    private final long[] powers;
    private final long totalPower;

    private ValidatorSet(List<Validator> validators, long totalPower) {
        this.validators = List.copyOf(validators);
        this.powers = validators.stream().mapToLong(Validator::power).toArray();
        this.totalPower = totalPower;
    }

    /** Validators of power 1 each. */
    public static ValidatorSet of(SignatureScheme scheme, List<PublicKey> keys) {
        return of(scheme, keys, LongStream.generate(() -> 1).limit(keys.size()).toArray());
    }

    /**
     * @param keys in the order of the validators' indices
     * @param powers one for each key, each 1 or more, in all at most 2^60
     * @throws IllegalArgumentException that says which validator is wrong and why: fewer than four of them, two with one key, a
     *     key that the scheme does not admit, a power out of bounds, or one that is a fault too large to bear by itself
     */
    public static ValidatorSet of(SignatureScheme scheme, List<PublicKey> keys, long[] powers) {
        if (keys.size() != powers.length) {
            throw new IllegalArgumentException(
                    keys.size() + " keys but " + powers.length + " powers: give one for each");
        }
        if (keys.size() < 4) {
            throw new IllegalArgumentException("n = " + keys.size()
                    + " validators bear no Byzantine fault: n >= 3f + 1 with f >= 1 needs at least 4; add validators");
        }
        if (keys.size() > MAX_VALIDATORS) {
            throw new IllegalArgumentException(keys.size() + " validators are more than " + MAX_VALIDATORS);
        }
        Map<PublicKey, ValidatorId> owners = new HashMap<>();
        List<Validator> validators = new ArrayList<>();
        long total = 0;
        for (int i = 0; i < powers.length; i++) {
            ValidatorId id = new ValidatorId(i);
            try {
                scheme.requireAdmissible(keys.get(i));
            } catch (dev.parley.crypto.InvalidKeyException e) {
                throw new IllegalArgumentException("the key of validator " + i + " is refused: " + e.getMessage(), e);
            }
            ValidatorId other = owners.putIfAbsent(keys.get(i), id);
            if (other != null) {
                throw new IllegalArgumentException("validators " + other.index() + " and " + i
                        + " have one key: together they would count as one and vote as two; give each its own");
            }
            if (powers[i] < 1 || powers[i] > MAX_TOTAL_POWER - total) {
                throw new IllegalArgumentException("the power of validator " + i + " is " + powers[i]
                        + ": each is 1 or more and all together at most 2^60");
            }
            total += powers[i];
            validators.add(new Validator(id, keys.get(i), powers[i]));
        }
        for (int i = 0; i < powers.length; i++) {
            if (powers[i] > (total - 1) / 3) {
                throw new IllegalArgumentException(
                        "validator " + i + " has power " + powers[i] + " of " + total
                                + ", more than the third that may be faulty: if it alone fails, nothing holds; spread the power");
            }
        }
        return new ValidatorSet(validators, total);
    }

    public int size() {
        return powers.length;
    }

    public List<Validator> validators() {
        return validators;
    }

    public boolean contains(ValidatorId id) {
        return id.index() < powers.length;
    }

    /** @throws IndexOutOfBoundsException if there is no such validator */
    public Validator validator(ValidatorId id) {
        return validators.get(id.index());
    }

    public PublicKey key(ValidatorId id) {
        return validators.get(id.index()).key();
    }

    public long power(ValidatorId id) {
        return powers[id.index()];
    }

    public long totalPower() {
        return totalPower;
    }

    /** f: the most power that may be faulty. */
    public long faultyPower() {
        return (totalPower - 1) / 3;
    }

    /** q = ⌊2T / 3⌋ + 1. */
    public long quorumPower() {
        return 2 * totalPower / 3 + 1;
    }

    /** w = f + 1. */
    public long weakQuorumPower() {
        return faultyPower() + 1;
    }

    /** The power of distinct validators, each counted once. */
    public long powerOf(Collection<ValidatorId> ids) {
        return ids.stream().distinct().mapToLong(this::power).sum();
    }

    @Override
    public String toString() {
        return powers.length + " validators, power " + totalPower + ", quorum " + quorumPower();
    }
}
