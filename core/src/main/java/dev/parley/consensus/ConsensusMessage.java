package dev.parley.consensus;

import org.jspecify.annotations.Nullable;

/** What validators of one protocol send each other; each protocol has its own sealed set of them. Immutable. */
public interface ConsensusMessage {
    /** About how many bytes the message holds in memory, for the bounds on queues; a proposal counts its payload. */
    default int approximateBytes() {
        return 512;
    }

    /** The payload that it proposes, whole; null if there is none. What can be said of it by itself is found out before a core sees it. */
    default @Nullable Payload payload() {
        return null;
    }

    /**
     * What it is about, if a peer does without all but the newest messages about that which this validator sends it, or gets what is in them
     * otherwise; null for whatever a peer must get.
     */
    default @Nullable Topic topic() {
        return null;
    }
}
