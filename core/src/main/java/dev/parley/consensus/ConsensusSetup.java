package dev.parley.consensus;

import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.crypto.threshold.ThresholdSetup;
import org.jspecify.annotations.Nullable;

/**
 * What one core is told at its birth, all of it fixed for its epoch.
 *
 * @param threshold this validator's part of the committee's keys, where {@link ConsensusProtocol#thresholdKeys} asks for them, else null
 */
public record ConsensusSetup(
        ValidatorId self,
        ValidatorSet validators,
        SigningDomain domain,
        SignatureScheme scheme,
        Signer signer,
        Payloads payloads,
        @Nullable ThresholdSetup threshold) {
    /** For protocols that need no threshold keys. */
    public ConsensusSetup(
            ValidatorId self,
            ValidatorSet validators,
            SigningDomain domain,
            SignatureScheme scheme,
            Signer signer,
            Payloads payloads) {
        this(self, validators, domain, scheme, signer, payloads, null);
    }

    /** The same, signing with another key: what test behaviours need. */
    public ConsensusSetup withSigner(Signer other) {
        return new ConsensusSetup(self, validators, domain, scheme, other, payloads, threshold);
    }
}
