package dev.parley.hotstuff;

/** Which QC a leader extends. */
@FunctionalInterface
public interface ProposalRule {
    /** PODC 2019, Algorithm 5, onBeat: the highest known (qc_high). */
    ProposalRule HIGH_QC = (highQc, chain) -> highQc;

    QC extended(QC highQc, Chain chain);
}
