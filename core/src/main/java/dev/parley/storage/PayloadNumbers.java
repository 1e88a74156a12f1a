package dev.parley.storage;

import dev.parley.consensus.Payload;
import dev.parley.consensus.RecordKey;
import dev.parley.crypto.Digest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of payloads that stand by themselves on the disk, each written once, whoever speaks of it: the record of a block that is voted
 * for, another block's with the same payload, and then the log. A number is larger than all before it, and in the log the numbers grow with the
 * height, so that all that nobody speaks of any more goes by one bound: whatever is below the oldest of the log and of the records. Used by the
 * one thread that writes, but for {@link #oldestOfRecords}.
 */
final class PayloadNumbers {
    /** The number of no payload. */
    static final long NONE = 0;

    /** Smaller payloads, in bytes, stand where they are spoken of: a key of their own costs more. */
    private static final int APART_BYTES = 1024;

    /** @param digest null for a payload that was written before the storage was opened */
    private record Use(long number, @Nullable Digest digest) {}

    private final Map<RecordKey, Use> uses = new HashMap<>();
    private long last;
    private long lastOfLog;
    private volatile long oldestOfRecords = Long.MAX_VALUE;

    static boolean standsApart(Payload payload) {
        return payload.sizeBytes() >= APART_BYTES;
    }

    /** A record that is on the disk speaks of the payload of a number. */
    void found(RecordKey key, long number) {
        use(key, number, null);
        last = Math.max(last, number);
        written();
    }

    /** The highest number that the log speaks of. */
    long lastOfLog() {
        return lastOfLog;
    }

    /** A number that is larger than all that anybody speaks of. */
    long next() {
        return ++last;
    }

    /** The number of an equal payload of which a record speaks; {@link #NONE} if there is none. */
    long ofRecords(Payload payload) {
        Digest digest = payload.digest();
        long found = NONE;
        for (Use use : uses.values()) {
            if (digest.equals(use.digest())) {
                found = Math.max(found, use.number());
            }
        }
        return found;
    }

    /** A record speaks of the payload of a number, or of {@link #NONE}, instead of what it spoke of before. */
    void use(RecordKey key, long number, @Nullable Digest digest) {
        if (number == NONE) {
            uses.remove(key);
        } else {
            uses.put(key, new Use(number, digest));
        }
    }

    void forget(RecordKey key) {
        uses.remove(key);
    }

    /** The log speaks of the payload of a number, and of no higher one. */
    void useInLog(long number) {
        lastOfLog = number;
        last = Math.max(last, number);
    }

    /** What was told since the last time is durable. */
    void written() {
        oldestOfRecords = uses.values().stream().mapToLong(Use::number).min().orElse(Long.MAX_VALUE);
    }

    /**
     * No record on the disk speaks of a lower number, now or later, but of one that is the log's; {@link Long#MAX_VALUE} if no record speaks of any.
     * Thread-safe.
     */
    long oldestOfRecords() {
        return oldestOfRecords;
    }
}
