package dev.parley.hotstuff;

import dev.parley.consensus.DecidedBlock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds a decided block against its certificate, with nothing but the validator set. */
final class DecisionProof {
    private DecisionProof() {}

    static @Nullable String refute(CertificateCheck certificates, CommitRule commit, DecidedBlock block) {
        if (!(block.certificate() instanceof HotStuffCertificate certificate)) {
            return "not a certificate of HotStuff";
        }
        Header header = certificate.header();
        if (header.height() < 1
                || !header.id().equals(block.id())
                || header.height() != block.height()
                || !header.parent().equals(block.parent())
                || header.view() != block.view()
                || !header.proposer().equals(block.proposer())) {
            return "the certificate is for another block: " + header;
        }
        if (!header.payloadDigest().equals(block.payload().digest())) {
            return "the payload is not the one that was decided";
        }
        List<Header> chain = new ArrayList<>(certificate.descendants().size() + 1);
        chain.add(header);
        for (Header next : certificate.descendants()) {
            if (!next.isChildOf(chain.getLast())) {
                return next + " is not a child of " + chain.getLast();
            }
            chain.add(next);
        }
        if (chain.size() < commit.length()
                || !commit.commits(chain.subList(chain.size() - commit.length(), chain.size()))) {
            return "the certified chain decides nothing";
        }
        QC qc = certificate.qc();
        if (!qc.block().equals(chain.getLast().id())
                || qc.view() != chain.getLast().view()) {
            return qc + " is not for " + chain.getLast();
        }
        return certificates.refuse(qc);
    }
}
