package dev.parley.validator;

import dev.parley.consensus.ValidatorId;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What the engine has asked of which peer, for the gate to refuse answers that nobody asked for before they cost anything. Written by the
 * engine before it asks, read by anybody. Thread-safe.
 */
public final class Awaited {
    /** What a peer can be asked for. */
    public enum Kind {
        BLOCKS(1),
        SNAPSHOTS(2),
        CHUNK(4),
        SNAPSHOT_BLOCK(8);

        private final int bit;

        Kind(int bit) {
            this.bit = bit;
        }
    }

    private final AtomicIntegerArray bits;

    Awaited(int validators) {
        this.bits = new AtomicIntegerArray(validators);
    }

    public boolean awaits(ValidatorId peer, Kind kind) {
        return (bits.get(peer.index()) & kind.bit) != 0;
    }

    void asked(ValidatorId peer, Kind kind) {
        bits.accumulateAndGet(peer.index(), kind.bit, (had, bit) -> had | bit);
    }

    void answered(ValidatorId peer, Kind kind) {
        bits.accumulateAndGet(peer.index(), kind.bit, (had, bit) -> had & ~bit);
    }
}
