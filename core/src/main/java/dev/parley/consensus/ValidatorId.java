package dev.parley.consensus;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;

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

    /** An index of four bytes, below {@link ValidatorSet#MAX_VALIDATORS}; whether a set has such a validator is for the reader to ask. */
    public static ValidatorId read(BinaryReader in) throws MalformedException {
        int index = in.i32();
        if (index < 0 || index >= ValidatorSet.MAX_VALIDATORS) {
            throw new MalformedException("there is no validator " + index);
        }
        return new ValidatorId(index);
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
