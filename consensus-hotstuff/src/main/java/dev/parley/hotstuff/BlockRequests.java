package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which peer was asked for which block and has not answered: one each. An answer is taken however late it comes. */
final class BlockRequests {
    /** By peer: also what has come from elsewhere meanwhile. */
    private final @Nullable BlockId[] asked;

    /** By peer: whether the time for it is over, so that it may be asked for something else. */
    private final boolean[] overdue;

    BlockRequests(int validators) {
        asked = new BlockId[validators];
        overdue = new boolean[validators];
    }

    /** In place of what the peer was asked for before. */
    void asked(ValidatorId peer, BlockId block) {
        asked[peer.index()] = block;
        overdue[peer.index()] = false;
    }

    /** @return whether the peer was asked for this */
    boolean answered(ValidatorId peer, BlockId block) {
        if (!block.equals(asked[peer.index()])) {
            return false;
        }
        asked[peer.index()] = null;
        overdue[peer.index()] = false;
        return true;
    }

    /** Whoever has not answered is overdue. */
    void timeIsOver() {
        for (int i = 0; i < asked.length; i++) {
            overdue[i] = asked[i] != null;
        }
    }

    boolean isOverdue(ValidatorId peer) {
        return overdue[peer.index()];
    }

    /** Whether the peer was asked for something, and has time yet. */
    boolean isAwaited(ValidatorId peer) {
        return asked[peer.index()] != null && !overdue[peer.index()];
    }

    /** Whether a peer was asked for it, and has time yet. */
    boolean isAwaited(BlockId block) {
        for (int i = 0; i < asked.length; i++) {
            if (block.equals(asked[i]) && !overdue[i]) {
                return true;
            }
        }
        return false;
    }

    /** Whether any peer has time yet. */
    boolean areAwaited() {
        for (int i = 0; i < asked.length; i++) {
            if (asked[i] != null && !overdue[i]) {
                return true;
            }
        }
        return false;
    }

    /** In the order of the peers, those that are overdue included. */
    List<BlockId> blocks() {
        List<BlockId> blocks = new ArrayList<>();
        for (BlockId block : asked) {
            if (block != null) {
                blocks.add(block);
            }
        }
        return blocks;
    }
}
