package dev.parley.sample.redis;

import dev.parley.sample.store.ByteString;

/** What a connection has said about itself. Belongs to its event loop. */
final class ClientState {
    private final long id;
    private ByteString name = ByteString.EMPTY;

    ClientState(long id) {
        this.id = id;
    }

    /** From 1, unique in the server's life. */
    long id() {
        return id;
    }

    /** Empty if never set. */
    ByteString name() {
        return name;
    }

    void rename(ByteString newName) {
        name = newName;
    }
}
