package dev.parley.consensus;

/** What validators of one protocol send each other; each protocol has its own sealed set of them. Immutable. */
public interface ConsensusMessage {
    /** About how many bytes the message holds in memory, for the bounds on queues; a proposal counts its payload. */
    default int approximateBytes() {
        return 512;
    }
}
