package dev.parley.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A keyed hash of 64 bits for simulation, some tens of nanoseconds for a hundred bytes. <strong>Never for a real network.</strong>
 * Whoever does not know the key cannot guess a hash, as long as he does not try to find out.
 */
public record KeyedHash(long key, long otherKey) {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Odd, half of their bits set, no structure: they only keep short and zero inputs from multiplying to zero. */
    private static final long FIRST = 0x9e3779b97f4a7c15L;

    private static final long SECOND = 0xd1b54a32d192ed03L;

    public long of(byte[] bytes) {
        return of(bytes, 0);
    }

    /**
     * The hash of the bytes from an offset on. Sixteen of them a step, each step one full multiplication whose halves are folded together.
     */
    public long of(byte[] bytes, int offset) {
        long left = key ^ FIRST;
        long right = otherKey ^ SECOND;
        long state = fold(left ^ (bytes.length - offset), right);
        int at = offset;
        for (; at + 16 <= bytes.length; at += 16) {
            state = fold((long) WORDS.get(bytes, at) ^ left, (long) WORDS.get(bytes, at + 8) ^ state) ^ right;
        }
        long first = 0;
        long second = 0;
        // The length went in at the beginning, so that zeros that fill up cannot be confused with zeros that were
        // there.
        for (int i = bytes.length - 1; i >= at; i--) {
            if (i - at >= 8) {
                second = second << 8 | (bytes[i] & 0xff);
            } else {
                first = first << 8 | (bytes[i] & 0xff);
            }
        }
        state = fold(first ^ left, second ^ state) ^ right;
        return fold(state ^ left, FIRST ^ right);
    }

    /** The hash of two numbers, as short as can be. */
    public long of(long first, long second) {
        long left = key ^ FIRST;
        long right = otherKey ^ SECOND;
        return fold(fold(first ^ left, second ^ right) ^ left, FIRST ^ right);
    }

    /** A record would print what nobody may see. */
    @Override
    public String toString() {
        return "keyed hash";
    }

    private static long fold(long x, long y) {
        return x * y ^ Math.unsignedMultiplyHigh(x, y);
    }
}
