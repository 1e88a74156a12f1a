package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import org.jspecify.annotations.Nullable;

/**
 * All that keeps a validator from contradicting itself, and the proofs that bring it back to its view. Immutable.
 *
 * @param lastVotedView no vote is given in it or below
 * @param lastVotedBlock what the vote in it was for: the one vote that may be sent again; the genesis block before the first
 * @param lastTimeoutView given up: no vote and no proposal in it or below
 * @param lastProposedView after a restart no proposal is made in it or below. It is recorded with the vote in the view before by whoever is
 *     going to lead, so that a proposal does not wait for the disk; who crashes in between leaves its view to a time-out
 * @param locked three-chain: the QC of the locked block (lockedQC); two-chain has no lock of its own, and it stays at genesis
 * @param highQc the highest QC seen
 * @param entry the TC by which the current view was entered, null if by a QC
 */
public record SafetyRecord(
        long lastVotedView,
        BlockId lastVotedBlock,
        long lastTimeoutView,
        long lastProposedView,
        QC locked,
        QC highQc,
        @Nullable TC entry)
        implements HotStuffRecord {
    public static final SafetyRecord INITIAL = new SafetyRecord(0, BlockId.GENESIS, 0, 0, QC.GENESIS, QC.GENESIS, null);

    public SafetyRecord withVote(long view, BlockId block) {
        return new SafetyRecord(view, block, lastTimeoutView, lastProposedView, locked, highQc, entry);
    }

    public SafetyRecord withTimeout(long view) {
        return new SafetyRecord(lastVotedView, lastVotedBlock, view, lastProposedView, locked, highQc, entry);
    }

    public SafetyRecord withProposal(long view) {
        return new SafetyRecord(lastVotedView, lastVotedBlock, lastTimeoutView, view, locked, highQc, entry);
    }

    public SafetyRecord withLocked(QC qc) {
        return new SafetyRecord(lastVotedView, lastVotedBlock, lastTimeoutView, lastProposedView, qc, highQc, entry);
    }

    public SafetyRecord withHighQc(QC qc) {
        return new SafetyRecord(lastVotedView, lastVotedBlock, lastTimeoutView, lastProposedView, locked, qc, entry);
    }

    public SafetyRecord withEntry(@Nullable TC tc) {
        return new SafetyRecord(lastVotedView, lastVotedBlock, lastTimeoutView, lastProposedView, locked, highQc, tc);
    }

    /** The view that the certificates entitle to: one above the higher of the two. */
    public long view() {
        return Math.max(highQc.view(), entry == null ? 0 : entry.view()) + 1;
    }

    /** The TC that must be shown for being in {@link #view}, null where the high QC shows it. */
    public @Nullable TC proofOfEntry() {
        return entry == null || entry.view() <= highQc.view() ? null : entry;
    }
}
