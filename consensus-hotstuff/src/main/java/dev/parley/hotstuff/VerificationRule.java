package dev.parley.hotstuff;

/** Which certificates inside a message are verified. */
@FunctionalInterface
public interface VerificationRule {
    /** All of them (hazard 4). */
    VerificationRule ALL = part -> true;

    /** Where a certificate is found. */
    enum Part {
        /** The QC of a proposed or fetched block. */
        JUSTIFICATION,
        /** The QC in a time-out or an {@link HotStuffMessage.Advance}. */
        HIGH_QC,
        /** A TC, wherever it comes. */
        TIMEOUT_CERTIFICATE,
        /** The QC in a TC. */
        HIGH_QC_OF_TIMEOUT_CERTIFICATE
    }

    boolean verifies(Part part);
}
