package dev.parley.hotstuff;

/** What is recorded before it is sent, and what is made of it after a restart. The defaults are the law; tests break them. */
public interface RecordRule {
    RecordRule ALL = new RecordRule() {};

    /** What is about to be sent. */
    enum Occasion {
        VOTE,
        TIMEOUT,
        PROPOSAL
    }

    /** Whether the {@link SafetyRecord} is durable before the message leaves. */
    default boolean recordsBefore(Occasion occasion) {
        return true;
    }

    /** Whether blocks that were voted for or certified are kept. */
    default boolean recordsBlocks() {
        return true;
    }

    /** What a restarted validator takes for its own: all that it recorded. */
    default SafetyRecord restored(SafetyRecord recorded) {
        return recorded;
    }
}
