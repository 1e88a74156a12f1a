package dev.parley.tendermint;

import dev.parley.consensus.Certificate;
import dev.parley.consensus.ValidatorId;
import java.util.Set;

/** A block's header and the precommits of a quorum for it: the commit certificate. */
public record TendermintCertificate(Header header, VoteCertificate commit) implements Certificate {
    @Override
    public Set<ValidatorId> signers() {
        return commit.signers();
    }
}
