package dev.parley.consensus;

import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;

/** What one core is told at its birth, all of it fixed for its epoch. */
public record ConsensusSetup(
        ValidatorId self,
        ValidatorSet validators,
        SigningDomain domain,
        SignatureScheme scheme,
        Signer signer,
        PayloadDecoder payloads) {
    /** The same, signing with another key: what test behaviours need. */
    public ConsensusSetup withSigner(Signer other) {
        return new ConsensusSetup(self, validators, domain, scheme, other, payloads);
    }
}
