package dev.parley.network.secure;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;

/** Who one end of a link is, and how it knows the others. */
public record LinkIdentity(
        ValidatorId self, ValidatorSet validators, SigningDomain domain, SignatureScheme scheme, Signer signer) {
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
    }

    /** A short name of chain, epoch and protocol version, to tell a foreign chain from a foreign key. Proves nothing. */
    long chainTag() {
        byte[] statement = domain.kind("link-chain").statement(out -> {});
        try {
            return new BinaryReader(Digest.sha256(statement).toBytes()).i64();
        } catch (MalformedException e) {
            throw new IllegalStateException("a digest has eight bytes", e);
        }
    }
}
