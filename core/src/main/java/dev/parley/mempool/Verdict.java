package dev.parley.mempool;

/** Whether a proposed payload is acceptable under its parent. */
public sealed interface Verdict {
    record Accepted() implements Verdict {
        static final Accepted INSTANCE = new Accepted();
    }

    /** @param reason in words, for the log */
    record Refused(Fault fault, String reason) implements Verdict {}

    /** What is wrong with a payload. */
    enum Fault {
        /** Nothing is known against the payload: this validator lacks what it needs to judge it. */
        UNKNOWN_PARENT,
        TOO_LARGE,
        WRONG_TIME,
        /** A command that must not be ordered there. */
        COMMAND,
        /** Evidence that proves nothing or is not needed. */
        EVIDENCE
    }
}
