package dev.parley.crypto;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was verified and found good, the latest used of it, so that the same is not verified again. Only what is good gets in, so nobody can
 * flush it with garbage; who has that much that is good makes others verify again and no more. Whatever the hashes are, each gets a place: two
 * that are used in turn never push each other out. Thread-safe.
 *
 * @param <T> with an {@code equals} that compares every byte that was verified
 */
public final class FoundGood<T> {
    private final Map<T, Boolean> latest;

    /** @param max how many, above 0 */
    public FoundGood(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("at least one place is needed: " + max);
        }
        latest = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<T, Boolean> eldest) {
                return size() > max;
            }
        };
    }

    public synchronized void add(T good) {
        latest.put(good, true);
    }

    public synchronized boolean contains(T asked) {
        return latest.get(asked) != null;
    }
}
