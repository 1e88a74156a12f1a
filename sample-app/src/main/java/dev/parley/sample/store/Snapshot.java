package dev.parley.sample.store;

/** The whole state of a {@link RedisStore} at one moment. Immutable. */
public final class Snapshot {
    private final Keyspace keyspace;

    /** @param keyspace taken over: never changed again */
    Snapshot(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    Keyspace keyspace() {
        return keyspace;
    }

    /** How many keys there are, those included that have expired and have not been swept. */
    public int size() {
        return keyspace.size();
    }
}
