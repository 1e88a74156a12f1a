package dev.parley.testkit.check;

import java.util.Arrays;

/** A hash table from numbers of zero or more to numbers, without objects: oracles ask it at every event. */
final class LongTable {
    private static final long FREE = -1;
    private static final long FORGOTTEN = 0;

    private long[] keys = new long[256];
    private long[] values = new long[256];
    private int size;

    LongTable() {
        Arrays.fill(keys, FREE);
    }

    /**
     * @param value not zero
     * @return the value that the key has now, the given one unless it had another
     */
    long putIfAbsent(long key, long value) {
        int at = find(key);
        if (keys[at] == key) {
            if (values[at] == FORGOTTEN) {
                values[at] = value;
            }
            return values[at];
        }
        keys[at] = key;
        values[at] = value;
        if (++size * 2 > keys.length) {
            grow();
        }
        return value;
    }

    void forget(long key) {
        int at = find(key);
        if (keys[at] == key) {
            values[at] = FORGOTTEN;
        }
    }

    private int find(long key) {
        int mask = keys.length - 1;
        int at = (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & mask;
        while (keys[at] != FREE && keys[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new long[oldKeys.length * 2];
        Arrays.fill(keys, FREE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }
}
