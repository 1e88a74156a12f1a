package dev.parley.testkit.sim;

/**
 * What a measured network is like: how long each link takes, and how fast each validator can send. Nothing is lost and nothing is
 * overtaken. Immutable.
 */
public final class Links {
    private final int size;
    /** By sender and receiver, in microseconds. */
    private final long[] delays;

    private final long bitsPerSecond;

    private Links(int size, long[] delays, long bitsPerSecond) {
        this.size = size;
        this.delays = delays;
        this.bitsPerSecond = bitsPerSecond;
    }

    /** All links take equally long, and bandwidth is without bound. */
    public static Links uniform(int size, long delayMicros) {
        long[][] delays = new long[size][size];
        for (long[] row : delays) {
            java.util.Arrays.fill(row, delayMicros);
        }
        return of(delays);
    }

    /** @param delayMicros one way, by sender and receiver; square, none negative, copied; bandwidth is without bound */
    public static Links of(long[][] delayMicros) {
        int size = delayMicros.length;
        long[] delays = new long[size * size];
        for (int from = 0; from < size; from++) {
            if (delayMicros[from].length != size) {
                throw new IllegalArgumentException("row " + from + " has " + delayMicros[from].length
                        + " delays: a matrix of " + size + " rows has " + size + " columns");
            }
            for (int to = 0; to < size; to++) {
                if (delayMicros[from][to] < 0) {
                    throw new IllegalArgumentException("the delay from " + from + " to " + to + " is below zero");
                }
                delays[from * size + to] = delayMicros[from][to];
            }
        }
        return new Links(size, delays, 0);
    }

    /** The same, where each validator sends at most so many bits per second, one message after the other. */
    public Links withEgress(long bitsPerSecond) {
        if (bitsPerSecond < 1) {
            throw new IllegalArgumentException("a validator sends 1 bit per second or more, not " + bitsPerSecond);
        }
        return new Links(size, delays, bitsPerSecond);
    }

    public int size() {
        return size;
    }

    /** In microseconds, one way. */
    public long delay(int from, int to) {
        return delays[from * size + to];
    }

    /** 0 for no bound. */
    public long bitsPerSecond() {
        return bitsPerSecond;
    }
}
