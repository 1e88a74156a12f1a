package dev.parley.consensus;

/** What a protocol must find again after a restart. Immutable; each protocol has its own sealed set of them. */
public interface ConsensusRecord {
    /** About how many bytes it is written in: what a buffer for it begins with. */
    default int approximateBytes() {
        return 512;
    }
}
