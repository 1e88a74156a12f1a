package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import org.jspecify.annotations.Nullable;

/** The blocks that a validator knows, as rules may look at them. */
public interface Chain {
    /** @return null if the block is not known, or was decided so long ago that it is kept no more */
    @Nullable Header header(BlockId id);

    /** @return null if the block with its payload is not at hand */
    @Nullable Block block(BlockId id);

    /** Whether the block that {@code ancestor} certifies is on the way from {@code block} down, {@code block} itself included. */
    boolean isExtending(Header block, QC ancestor);
}
