package dev.parley.honeybadger;

import dev.parley.consensus.Certificate;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * f + 1 validators' signatures under an epoch's block: at least one of them is correct, and correct ones sign what all correct ones
 * computed.
 *
 * @param shares in rising order of the signers, each once
 */
public record HoneyBadgerCertificate(Header header, List<Share> shares) implements Certificate {
    /** One validator's signature. */
    public record Share(ValidatorId signer, Signature signature) {}

    public HoneyBadgerCertificate {
        shares = List.copyOf(shares);
    }

    @Override
    public Set<ValidatorId> signers() {
        Set<ValidatorId> signers = new LinkedHashSet<>();
        shares.forEach(share -> signers.add(share.signer()));
        return signers;
    }
}
