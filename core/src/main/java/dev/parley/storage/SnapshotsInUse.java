package dev.parley.storage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * Which snapshots stay when there is a newer one: the one before it, for peers that were just told of it, and those of which chunks have been asked for since the
 * last time, for peers that take longer than that to fetch one. Each stays for so many newer ones at the most, whoever goes on asking: the log
 * above it is kept too. {@link #asked} may be called by any thread, {@link #staying} by one.
 */
final class SnapshotsInUse {
    private final Set<Long> asked = ConcurrentHashMap.newKeySet();
    /** By height: how often it has stayed. */
    private final Map<Long, Integer> stays = new HashMap<>();

    /** A chunk of the snapshot of this height was asked for. */
    void asked(long height) {
        asked.add(height);
    }

    /**
     * There is a newer one than all of these.
     *
     * @param before the newest first
     * @return those that stay, in the same order, fewer than {@link Storage#MAX_SNAPSHOTS}
     */
    <T> List<T> staying(List<T> before, ToLongFunction<T> height) {
        List<T> staying = new ArrayList<>();
        for (T each : before) {
            long own = height.applyAsLong(each);
            int times = stays.getOrDefault(own, 0) + 1;
            if ((staying.isEmpty() || asked.contains(own)) && times < Storage.MAX_SNAPSHOTS) {
                staying.add(each);
                stays.put(own, times);
            } else {
                stays.remove(own);
            }
        }
        asked.clear();
        return staying;
    }
}
