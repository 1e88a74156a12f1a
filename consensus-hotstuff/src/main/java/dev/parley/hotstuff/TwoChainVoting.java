package dev.parley.hotstuff;

import org.jspecify.annotations.Nullable;

/**
 * Jolteon (arXiv 2106.10362) Fig. 2, Vote: {@code r = qc.r + 1}, or {@code r = tc.r + 1} and
 * {@code qc.r >= max{qc_high.r | qc_high.r in tc}}. The second half is what the TC is for: a quorum told what it knew, and a block
 * below that could undo a commit.
 */
final class TwoChainVoting implements VotingRule {
    @Override
    public @Nullable String refuse(SafetyRecord safety, Block block, @Nullable TC entry, Chain chain) {
        if (block.justify().view() + 1 == block.view()) {
            return null;
        }
        if (entry == null || entry.view() + 1 != block.view()) {
            return "neither a QC nor a TC of view " + (block.view() - 1);
        }
        return block.justify().view() >= entry.maxReportedView()
                ? null
                : "extends view " + block.justify().view() + " although view " + entry.maxReportedView()
                        + " was reported";
    }
}
