package dev.parley.hotstuff;

import dev.parley.consensus.Certificate;
import dev.parley.consensus.ValidatorId;
import java.util.List;
import java.util.Set;

/**
 * Proves that a block is decided: the headers from it up to the newest certified one, and that one's QC. One QC is enough: each
 * header's hash covers the view and the block of the QC that it carried, which a quorum verified before it voted for the newest.
 *
 * @param header the decided block's
 * @param descendants from its child upwards; their last ones satisfy the commit rule
 * @param qc for the last header
 */
public record HotStuffCertificate(Header header, List<Header> descendants, QC qc) implements Certificate {
    /** A bound on what is read; a longer undecided chain is a defect. */
    static final int MAX_DESCENDANTS = 1 << 14;

    public HotStuffCertificate {
        descendants = List.copyOf(descendants);
    }

    @Override
    public Set<ValidatorId> signers() {
        return qc.signers();
    }
}
