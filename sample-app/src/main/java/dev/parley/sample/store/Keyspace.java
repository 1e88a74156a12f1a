package dev.parley.sample.store;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All keys, in the order of their insertion, with their expiry. Time is block time. A key whose time has passed is gone to every
 * command; its memory goes when it is next asked for or by the sweep at the start of a block, whichever is first. Not thread-safe.
 */
final class Keyspace {
    /** How many expired keys the start of a block removes at most. */
    static final int SWEEP_PER_BLOCK = 256;

    private static final int MIN_ENTRY_BYTES = 1 + 8 + 8 + 2;

    /** Never iterated: its order is that of hash codes. */
    private final Map<ByteString, Entry> byKey = new HashMap<>();
    /** By serial, which is what a SCAN cursor names; removed entries stay until they are half. */
    private @Nullable Entry[] bySerial = new @Nullable Entry[64];

    private int used;
    private final TreeSet<Entry> byExpiry = new TreeSet<>(
            Comparator.<Entry>comparingLong(entry -> entry.expiresAtMillis).thenComparingLong(entry -> entry.serial));
    private long lastSerial;
    private long height;
    private long nowMillis;

    /** Comes before the commands of a batch; the first batch of a block sweeps. */
    void enter(long blockHeight, long blockTimeMillis) {
        nowMillis = blockTimeMillis;
        if (blockHeight != height) {
            height = blockHeight;
            for (int i = 0; i < SWEEP_PER_BLOCK && !byExpiry.isEmpty() && isExpired(byExpiry.first()); i++) {
                remove(byExpiry.first());
            }
        }
    }

    /** Block time in milliseconds since 1970. */
    long nowMillis() {
        return nowMillis;
    }

    int size() {
        return byKey.size();
    }

    @Nullable Entry find(ByteString key) {
        Entry entry = byKey.get(key);
        if (entry != null && isExpired(entry)) {
            remove(entry);
            return null;
        }
        return entry;
    }

    /** @throws RefusedException if the key holds a value of another type */
    <T extends Value> @Nullable T find(ByteString key, Class<T> type) {
        Entry entry = find(key);
        if (entry == null) {
            return null;
        }
        if (!type.isInstance(entry.value)) {
            throw new RefusedException(Reply.Failure.WRONG_TYPE);
        }
        return type.cast(entry.value);
    }

    /** Sets the value and leaves the expiry of a key that is there. */
    Entry put(ByteString key, Value value) {
        Entry known = find(key);
        if (known != null) {
            known.value = value;
            return known;
        }
        Entry entry = new Entry(key, ++lastSerial, value);
        append(entry);
        return entry;
    }

    /** Sets the value; the key never expires, whatever was said before. */
    Entry replace(ByteString key, Value value) {
        Entry entry = put(key, value);
        expire(entry, Entry.NEVER);
        return entry;
    }

    void expire(Entry entry, long expiresAtMillis) {
        if (entry.expiresAtMillis != Entry.NEVER) {
            byExpiry.remove(entry);
        }
        entry.expiresAtMillis = expiresAtMillis;
        if (expiresAtMillis != Entry.NEVER) {
            byExpiry.add(entry);
        }
    }

    /** @return whether the key was there */
    boolean remove(ByteString key) {
        Entry entry = find(key);
        if (entry == null) {
            return false;
        }
        remove(entry);
        return true;
    }

    /** Serials go on, so that a cursor from before stays harmless. */
    void clear() {
        byKey.clear();
        byExpiry.clear();
        bySerial = new @Nullable Entry[64];
        used = 0;
    }

    /**
     * Visits entries that are not expired, in order of insertion.
     *
     * @param after the serial to begin behind, unsigned
     * @param visitor answers whether to go on
     * @return the serial of the last entry visited, or 0 if there is none behind it
     */
    long visit(long after, Predicate<Entry> visitor) {
        for (int i = firstBehind(after); i < used; i++) {
            Entry entry = bySerial[i];
            if (entry != null && !entry.removed && !isExpired(entry) && !visitor.test(entry)) {
                return i == used - 1 ? 0 : entry.serial;
            }
        }
        return 0;
    }

    Keyspace copy() {
        Keyspace copy = new Keyspace();
        for (int i = 0; i < used; i++) {
            Entry entry = bySerial[i];
            if (entry != null && !entry.removed) {
                Entry duplicate = new Entry(entry.key, entry.serial, entry.value.copy());
                copy.append(duplicate);
                copy.expire(duplicate, entry.expiresAtMillis);
            }
        }
        copy.lastSerial = lastSerial;
        copy.height = height;
        copy.nowMillis = nowMillis;
        return copy;
    }

    void write(BinaryWriter out) {
        out.i64(height).i64(nowMillis).i64(lastSerial).i32(byKey.size());
        for (int i = 0; i < used; i++) {
            Entry entry = bySerial[i];
            if (entry != null && !entry.removed) {
                entry.key.write(out);
                entry.value.write(out.i64(entry.serial).i64(entry.expiresAtMillis));
            }
        }
    }

    static Keyspace read(BinaryReader in) throws MalformedException {
        Keyspace keyspace = new Keyspace();
        keyspace.height = in.nonNegative();
        keyspace.nowMillis = in.nonNegative();
        keyspace.lastSerial = in.nonNegative();
        int count = in.count(Integer.MAX_VALUE, MIN_ENTRY_BYTES);
        long serialBefore = 0;
        for (int i = 0; i < count; i++) {
            ByteString key = ByteString.read(in, Integer.MAX_VALUE);
            long serial = in.i64();
            long expiresAtMillis = in.i64();
            if (serial <= serialBefore || serial > keyspace.lastSerial || expiresAtMillis < Entry.NEVER) {
                throw new MalformedException("key number " + serial + " that expires at " + expiresAtMillis);
            }
            Entry entry = new Entry(key, serial, Value.read(in));
            if (keyspace.byKey.containsKey(key)) {
                throw new MalformedException("one key twice");
            }
            keyspace.append(entry);
            keyspace.expire(entry, expiresAtMillis);
            serialBefore = serial;
        }
        return keyspace;
    }

    private boolean isExpired(Entry entry) {
        return entry.expiresAtMillis != Entry.NEVER && nowMillis > entry.expiresAtMillis;
    }

    private void append(Entry entry) {
        if (used == bySerial.length) {
            bySerial = Arrays.copyOf(bySerial, used * 2);
        }
        bySerial[used++] = entry;
        byKey.put(entry.key, entry);
    }

    private void remove(Entry entry) {
        expire(entry, Entry.NEVER);
        byKey.remove(entry.key);
        entry.removed = true;
        if (used > 64 && used > 2 * byKey.size()) {
            compact();
        }
    }

    private void compact() {
        int kept = 0;
        for (int i = 0; i < used; i++) {
            Entry entry = bySerial[i];
            if (entry != null && !entry.removed) {
                bySerial[kept++] = entry;
            }
        }
        // Half of the room is left free, so that compacting and growing cannot alternate.
        bySerial = Arrays.copyOf(bySerial, Math.max(64, kept * 2));
        Arrays.fill(bySerial, kept, Math.min(used, bySerial.length), null);
        used = kept;
    }

    private int firstBehind(long serial) {
        int low = 0;
        int high = used;
        while (low < high) {
            int middle = (low + high) >>> 1;
            Entry entry = bySerial[middle];
            if (entry != null && Long.compareUnsigned(entry.serial, serial) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
