package dev.parley.hotstuff;

import org.jspecify.annotations.Nullable;

/**
 * PODC 2019, Algorithm 1, safeNode, and Algorithm 4, onReceiveProposal: the block extends the locked block (safety rule), or its
 * justification is newer than the lock (liveness rule). A TC serves only to enter the view: safety rests on the lock, so a proposal below what the TC reports is refused
 * by those whom it would harm, and only by them.
 */
final class ThreeChainVoting implements VotingRule {
    @Override
    public @Nullable String refuse(SafetyRecord safety, Block block, @Nullable TC entry, Chain chain) {
        return block.justify().view() > safety.locked().view() || chain.isExtending(block.header(), safety.locked())
                ? null
                : "conflicts with the lock of view " + safety.locked().view();
    }
}
