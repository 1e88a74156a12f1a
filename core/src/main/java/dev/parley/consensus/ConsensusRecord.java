package dev.parley.consensus;

import org.jspecify.annotations.Nullable;

/** What a protocol must find again after a restart. Immutable; each protocol has its own sealed set of them. */
public interface ConsensusRecord {
    /** About how many bytes it is written in: what a buffer for it begins with. */
    default int approximateBytes() {
        return 512;
    }

    /** The payload with which its written form ends, so that it need not be written again when it is decided; null if there is none. */
    default @Nullable Payload payload() {
        return null;
    }
}
