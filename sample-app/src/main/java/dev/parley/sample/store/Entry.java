package dev.parley.sample.store;

/** One key with what it holds and until when. Belongs to its {@link Keyspace}. */
final class Entry {
    static final long NEVER = -1;

    final ByteString key;
    /** The keyspace's count of keys ever made: entries in this order are in the order of insertion. */
    final long serial;

    Value value;
    /** The last millisecond, since 1970, in which the key is there; or {@link #NEVER}. */
    long expiresAtMillis = NEVER;

    boolean removed;

    Entry(ByteString key, long serial, Value value) {
        this.key = key;
        this.serial = serial;
        this.value = value;
    }
}
