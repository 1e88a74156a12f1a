package dev.parley.tendermint;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.BitSet;

/**
 * A set of places among a fixed number of them: whose votes somebody has, which parts somebody lacks. Immutable. The number is part of
 * it, and those who receive one hold it against the number that they expect before they look at any place (hazard 19,
 * ASA-2025-003).
 */
public final class Bits {
    /** Bounds both the validators and the parts of a block. */
    static final int MAX_SIZE = 1 << 16;

    private final int size;
    private final BitSet set;

    private Bits(int size, BitSet set) {
        this.size = size;
        this.set = set;
    }

    /** @param set copied; its bits are below {@code size} */
    public static Bits of(int size, BitSet set) {
        if (size < 0 || size > MAX_SIZE || set.length() > size) {
            throw new IllegalArgumentException(set.length() + " places of " + size);
        }
        return new Bits(size, (BitSet) set.clone());
    }

    public static Bits none(int size) {
        return new Bits(size, new BitSet());
    }

    static Bits read(BinaryReader in) throws MalformedException {
        int size = in.count(MAX_SIZE, 0);
        byte[] bytes = in.raw((size + 7) / 8);
        BitSet set = BitSet.valueOf(bytes);
        if (set.length() > size) {
            throw new MalformedException("bits are set beyond the " + size + " that there are");
        }
        return new Bits(size, set);
    }

    void write(BinaryWriter out) {
        byte[] bytes = set.toByteArray();
        out.i32(size).raw(bytes);
        for (int i = bytes.length; i < (size + 7) / 8; i++) {
            out.u8(0);
        }
    }

    public int size() {
        return size;
    }

    public boolean has(int place) {
        return set.get(place);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bits that && size == that.size && set.equals(that.set);
    }

    @Override
    public int hashCode() {
        return 31 * size + set.hashCode();
    }

    @Override
    public String toString() {
        return set + " of " + size;
    }
}
