package dev.parley.hotstuff;

/** An undecided block in the {@link BlockTree}, with what is known of it. */
final class Node {
    final Block block;
    /** The height of the newest block up to this one whose payload is not empty, or something lower that is decided. */
    final long lastNonEmpty;
    /** The height up to which this block's own chain shows everybody who has it that blocks are decided. */
    final long shownDecided;
    /** A QC for it was seen. */
    boolean certified;
    /** It is on disk. */
    boolean recorded;

    Node(Block block, long lastNonEmpty, long shownDecided) {
        this.block = block;
        this.lastNonEmpty = lastNonEmpty;
        this.shownDecided = shownDecided;
    }

    Header header() {
        return block.header();
    }

    /** Whether nobody who has this block misses the decision of a command. */
    boolean isQuiet() {
        return lastNonEmpty <= shownDecided;
    }
}
