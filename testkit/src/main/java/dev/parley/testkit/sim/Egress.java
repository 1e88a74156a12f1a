package dev.parley.testkit.sim;

/**
 * The ways out of all validators: each sends one message after the other, at a fixed rate, in the order in which they were given to it. To
 * send to many is to send many times, as over separate connections.
 */
final class Egress {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MICRO = 1000;

    private final long bitsPerSecond;
    /** By validator: when it has sent all that it was given. */
    private final long[] freeNanos;

    /** @param bitsPerSecond 0 for no bound */
    Egress(int size, long bitsPerSecond) {
        this.bitsPerSecond = bitsPerSecond;
        this.freeNanos = new long[size];
    }

    /** @return when the last bit has left, in microseconds, rounded up: bytes · 8 / rate after all that was given before it */
    long leaves(long nowMicros, int from, int bytes) {
        if (bitsPerSecond == 0) {
            return nowMicros;
        }
        long begins = Math.max(nowMicros * NANOS_PER_MICRO, freeNanos[from]);
        long ends = begins + bytes * 8L * NANOS_PER_SECOND / bitsPerSecond;
        freeNanos[from] = ends;
        return (ends + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO;
    }
}
