package dev.parley.network.secure;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;

/**
 * Who one end of a link is, and how it knows the others.
 *
 * @param terms what the other end must have alike; of this domain and these validators
 */
public record LinkIdentity(
        ValidatorId self,
        ValidatorSet validators,
        SigningDomain domain,
        ChainTerms terms,
        SignatureScheme scheme,
        Signer signer) {
    public LinkIdentity {
        if (!validators.contains(self)) {
            throw new IllegalArgumentException(
                    "there is no validator " + self.index() + " among " + validators.size() + "; check its index");
        }
        if (!validators.key(self).equals(signer.publicKey())) {
            throw new IllegalArgumentException("validator " + self.index() + " has the public key "
                    + validators.key(self) + ", and the private key given belongs to " + signer.publicKey()
                    + "; give the validator its own key file, or its right index");
        }
        ChainTerms fitting = ChainTerms.of(domain, validators, terms.protocol(), terms.settings());
        if (!fitting.equals(terms)) {
            throw new IllegalArgumentException("the terms are of another chain or of other validators");
        }
    }
}
