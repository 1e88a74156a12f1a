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
     * Whether it leaves nothing worth knowing in those of the same class that the sender told the same peer before: one that still waits to be
     * sent is then dropped, and it takes its place. False for whatever a peer must get.
     */
    default boolean supersedesFormer() {
        return false;
    }
}
