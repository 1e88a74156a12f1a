package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.crypto.Signature;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import org.jspecify.annotations.Nullable;

/** Which block each validator proposed in each of the last {@value #VIEWS} views, so that a second one is noticed. */
final class ProposalLog {
    private static final int VIEWS = 8;

    /** What of a proposal is needed to prove that it was made. */
    record Entry(long view, BlockId block, Signature signature) {}

    private final @Nullable Entry[][] entries;

    ProposalLog(int validators) {
        entries = new Entry[VIEWS][validators];
    }

    /** Notes a proposal. @return another one of the same validator in the same view, or null */
    @Nullable Entry note(Proposal proposal) {
        Block block = proposal.block();
        @Nullable Entry[] slot = entries[(int) (block.view() % VIEWS)];
        int proposer = block.proposer().index();
        Entry before = slot[proposer];
        if (before == null || before.view() < block.view()) {
            slot[proposer] = new Entry(block.view(), block.id(), proposal.signature());
            return null;
        }
        return before.view() == block.view() && !before.block().equals(block.id()) ? before : null;
    }
}
