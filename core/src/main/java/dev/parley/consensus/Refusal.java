package dev.parley.consensus;

/**
 * Why a message was dropped, and by whom it came: a typed fault, counted by the shell, never an exception.
 *
 * @param from the peer that sent it, not always its author
 */
public record Refusal(ValidatorId from, Reason reason, String detail) {
    /** Kinds of fault, for counters; protocols share them so that dashboards need not know protocols. */
    public enum Reason {
        MALFORMED,
        BAD_SIGNATURE,
        BAD_CERTIFICATE,
        FOREIGN_SENDER,
        NOT_LEADER,
        OUT_OF_WINDOW,
        STALE,
        CONFLICT,
        UNJUSTIFIED,
        BAD_PAYLOAD,
        BAD_EVIDENCE,
        UNREQUESTED,
        OVER_CAPACITY,
        BAD_SHARE,
        BAD_SNAPSHOT,
        /** It was asked for something and did not send it in time. */
        UNANSWERED
    }
}
