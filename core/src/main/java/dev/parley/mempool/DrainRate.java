package dev.parley.mempool;

import java.time.Duration;

/** How fast commands leave the pool, for the hint to those who must come again. */
final class DrainRate {
    private static final long MEASURED_OVER_MILLIS = 1000;
    private static final long LEAST_MILLIS = 10;
    private static final long MOST_MILLIS = 5000;

    private long sinceMillis;
    private long drained;
    private double perMilli;

    void drained(int commands) {
        drained += commands;
    }

    /** When a quarter of {@code waiting} commands should be gone: between 10 ms and 5 s. */
    Duration retryAfter(int waiting, long nowMillis) {
        long elapsed = nowMillis - sinceMillis;
        if (elapsed >= MEASURED_OVER_MILLIS) {
            double measured = (double) drained / elapsed;
            perMilli = perMilli == 0 ? measured : (perMilli + measured) / 2;
            drained = 0;
            sinceMillis = nowMillis;
        }
        double hint = perMilli == 0 ? MEASURED_OVER_MILLIS : waiting / 4.0 / perMilli;
        return Duration.ofMillis(Math.max(LEAST_MILLIS, (long) Math.min(MOST_MILLIS, hint)));
    }
}
