package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.log.CommandId;

/** Which commands were ordered, so that each is executed at most once. Replicated state. Not thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class SessionTable {
    /** So many of a session's latest sequence numbers are told apart; lower ones are {@link Status.TooOld}. */
    public static final int WINDOW = 8192;
    /** Default bound on sessions. */
    public static final int MAX_SESSIONS = 100_000;
    /** Default bound on how far ahead of block time an expiry may lie, in milliseconds. */
    public static final long MAX_LIFETIME_MILLIS = 600_000;

    /** What the table knows of a command. */
    public sealed interface Status {
        /** Never seen: to be executed. */
        record Fresh() implements Status {
            static final Fresh INSTANCE = new Fresh();
        }

        /** Ordered before. */
        record Duplicate(long height, int index) implements Status {}

        /** Below the session's window: may have been seen. */
        record TooOld() implements Status {
            static final TooOld INSTANCE = new TooOld();
        }

        /** Block time has passed its expiry. */
        record Expired() implements Status {
            static final Expired INSTANCE = new Expired();
        }

        /** The expiry is over the bound. */
        record TooFarAhead() implements Status {
            static final TooFarAhead INSTANCE = new TooFarAhead();
        }

        /** No room for one more session. */
        record TableFull() implements Status {
            static final TableFull INSTANCE = new TableFull();
        }
    }

    public SessionTable() {
        this(MAX_SESSIONS, MAX_LIFETIME_MILLIS);
    }

    public SessionTable(int maxSessions, long maxLifetimeMillis) {}

    public static SessionTable read(BinaryReader in, int maxSessions, long maxLifetimeMillis)
            throws MalformedException {
        throw new UnsupportedOperationException();
    }

    /** Equal tables give equal bytes. */
    public void write(BinaryWriter out) {
        throw new UnsupportedOperationException();
    }

    /** A table of its own with the same content. */
    public SessionTable copy() {
        throw new UnsupportedOperationException();
    }

    /** Block time has come to {@code blockTimeMillis}: sessions all of whose commands have expired are dropped. */
    public void advance(long blockTimeMillis) {
        throw new UnsupportedOperationException();
    }

    public Status status(CommandId id, long expiresAtMillis, long blockTimeMillis) {
        throw new UnsupportedOperationException();
    }

    /** Remembers a command that was {@link Status.Fresh}. */
    public void record(CommandId id, long expiresAtMillis, long height, int index) {
        throw new UnsupportedOperationException();
    }

    /** Sessions in the table. */
    public int size() {
        throw new UnsupportedOperationException();
    }
}
