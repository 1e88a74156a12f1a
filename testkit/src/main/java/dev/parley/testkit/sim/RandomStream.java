package dev.parley.testkit.sim;

import java.util.random.RandomGenerator;

/**
 * A stream of random numbers that follows from its seed alone (SplitMix64), and from which independent streams can be split by name: what
 * one fault draws does not reshuffle the others.
 */
public final class RandomStream implements RandomGenerator {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final int MILLION = 1_000_000;

    private long state;

    public RandomStream(long seed) {
        state = mix(seed + GAMMA);
    }

    /** Another stream; takes nothing from this one's numbers, so it matters not when it is split. */
    public RandomStream split(long name) {
        return new RandomStream(mix(state ^ mix(name * GAMMA + 1)));
    }

    @Override
    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** @return 0 to {@code bound} − 1 */
    @Override
    public int nextInt(int bound) {
        return (int) (((nextLong() >>> 33) * bound) >>> 31);
    }

    /** @return {@code low} to {@code high}, both included */
    public long between(long low, long high) {
        return low + (nextLong() >>> 1) % (high - low + 1);
    }

    /** True with a probability given in millionths; takes no number where that is zero. */
    public boolean chance(int millionths) {
        return millionths > 0 && nextInt(MILLION) < millionths;
    }

    static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
