package dev.parley.mempool;

import dev.parley.consensus.BlockId;
import dev.parley.log.CommandBatch;
import org.jspecify.annotations.Nullable;

/** A block on the way, or the last decided one, from which all others descend. */
final class UndecidedBlock {
    final BlockId id;
    /** Null for the last decided block. */
    @Nullable UndecidedBlock parent;

    final long timeMillis;
    /** One for each command; none for the last decided block. */
    Entry[] entries;

    /** Whether it is the head of the present branch or an ancestor of that. */
    boolean onBranch;

    boolean accepted;
    /** The last decision or eviction that it outlived or was spared by. */
    long keptBy;

    private UndecidedBlock(BlockId id, @Nullable UndecidedBlock parent, long timeMillis, Entry[] entries) {
        this.id = id;
        this.parent = parent;
        this.timeMillis = timeMillis;
        this.entries = entries;
    }

    static UndecidedBlock decided(BlockId id, long timeMillis) {
        UndecidedBlock block = new UndecidedBlock(id, null, timeMillis, new Entry[0]);
        block.onBranch = true;
        return block;
    }

    static UndecidedBlock under(UndecidedBlock parent, BlockId id, CommandBatch payload) {
        return new UndecidedBlock(
                id,
                parent,
                Math.max(parent.timeMillis, payload.timeMillis()),
                new Entry[payload.commands().size()]);
    }
}
