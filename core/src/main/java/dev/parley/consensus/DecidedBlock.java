package dev.parley.consensus;

/**
 * A block that will never be undone.
 *
 * @param height 1 for the first; each block's is its parent's plus one
 * @param parent the block of the height below, {@link BlockId#GENESIS} for the first
 * @param view the view, round or epoch in which it was proposed
 * @param certificate proves the decision by itself
 */
public record DecidedBlock(
        long height,
        BlockId id,
        BlockId parent,
        ValidatorId proposer,
        long view,
        Payload payload,
        Certificate certificate) {}
