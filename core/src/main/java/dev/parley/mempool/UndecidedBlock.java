package dev.parley.mempool;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.log.CommandBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A block on the way, or the last decided one, from which all others descend. */
final class UndecidedBlock {
    final BlockId id;
    /** Null for the last decided block. */
    @Nullable UndecidedBlock parent;

    final long height;
    final long timeMillis;
    /** One for each command; none for the last decided block. */
    Entry[] entries;
    /** None for the last decided block: what it held is among the convictions. */
    List<Evidence> evidence;

    /** Whether it is the head of the present branch or an ancestor of that. */
    boolean onBranch;

    boolean accepted;
    /** The last decision or eviction that it outlived or was spared by. */
    long keptBy;

    private UndecidedBlock(
            BlockId id,
            @Nullable UndecidedBlock parent,
            long height,
            long timeMillis,
            Entry[] entries,
            List<Evidence> evidence) {
        this.id = id;
        this.parent = parent;
        this.height = height;
        this.timeMillis = timeMillis;
        this.entries = entries;
        this.evidence = evidence;
    }

    static UndecidedBlock decided(BlockId id, long height, long timeMillis) {
        UndecidedBlock block = new UndecidedBlock(id, null, height, timeMillis, new Entry[0], List.of());
        block.onBranch = true;
        return block;
    }

    static UndecidedBlock under(UndecidedBlock parent, BlockId id, CommandBatch payload) {
        return new UndecidedBlock(
                id,
                parent,
                parent.height + 1,
                Math.max(parent.timeMillis, payload.timeMillis()),
                new Entry[payload.commands().size()],
                payload.evidence());
    }
}
