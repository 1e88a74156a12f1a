package dev.parley.consensus;

/**
 * A validator's place in the validator set of an epoch, from 0. It stands for a key, never for an address.
 *
 * @param index zero or more
 */
public record ValidatorId(int index) implements Comparable<ValidatorId> {
    public ValidatorId {
        if (index < 0) {
            throw new IllegalArgumentException("a validator's index is zero or more, not " + index);
        }
    }

    @Override
    public int compareTo(ValidatorId other) {
        return Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return "v" + index;
    }
}
