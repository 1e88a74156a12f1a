package dev.parley.mempool;

import java.time.Duration;

/** What became of a command that was brought to the pool. */
public sealed interface Admission {
    /** It waits here until it is ordered or has expired; either way the pool says so. */
    record Accepted() implements Admission {
        static final Accepted INSTANCE = new Accepted();
    }

    /** No room; nothing is kept of the command. */
    record Busy(Duration retryAfter) implements Admission {}

    /** A command of this name waits here already. */
    record Duplicate() implements Admission {
        static final Duplicate INSTANCE = new Duplicate();
    }

    /** A decided block holds a command of this name. */
    record AlreadyOrdered(long height, int index) implements Admission {}

    /** Its time is over: it will not be ordered through this pool. */
    record Expired() implements Admission {
        static final Expired INSTANCE = new Expired();
    }

    /** The client has had far later commands executed: whether this one was is not known any more, so it will not be ordered. */
    record TooOld() implements Admission {
        static final TooOld INSTANCE = new TooOld();
    }

    /** Its expiry lies farther ahead than sessions are remembered. */
    record TooFarAhead() implements Admission {
        static final TooFarAhead INSTANCE = new TooFarAhead();
    }

    /** It bears the id of a session with a key, whose signature is not with it, or the other way round. */
    record NotAuthentic() implements Admission {
        static final NotAuthentic INSTANCE = new NotAuthentic();
    }

    /** @param maxBytes the most bytes that a command may have, its header counted */
    record TooLarge(int maxBytes) implements Admission {}
}
