package dev.parley.hotstuff;

/** Which QC a time-out reports. */
@FunctionalInterface
public interface TimeoutReport {
    /** Jolteon Fig. 2: the time-out message carries qc_high. Less would hide what a quorum may have committed. */
    TimeoutReport HIGH_QC = (highQc, chain) -> highQc;

    QC reported(QC highQc, Chain chain);
}
