package dev.parley.testkit.sim;

import java.util.Arrays;

/** The rolling hash after each event of a run, to find where two runs part. */
final class EventTrace {
    private long[] hashes = new long[4096];
    private int size;

    void add(long hash) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        hashes[size++] = hash;
    }

    /** @return the number of the first event that differs, from 1; 0 if none does */
    long firstDifference(EventTrace other) {
        int common = Math.min(size, other.size);
        int at = Arrays.mismatch(hashes, 0, common, other.hashes, 0, common);
        if (at < 0) {
            return size == other.size ? 0 : common + 1L;
        }
        return at + 1L;
    }
}
