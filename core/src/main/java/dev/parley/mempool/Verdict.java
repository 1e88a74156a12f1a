package dev.parley.mempool;

/** Whether a proposed payload is acceptable under its parent. */
public sealed interface Verdict {
    record Accepted() implements Verdict {
        static final Accepted INSTANCE = new Accepted();
    }

    /** @param reason in words, for the log */
    record Refused(String reason) implements Verdict {}
}
