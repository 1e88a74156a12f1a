package dev.parley.hotstuff;

import dev.parley.crypto.Digest;
import dev.parley.crypto.InvalidKeyException;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;

/** Signatures that are hashes keyed by the public key: unforgeable because tests do not forge them. */
final class IdealSignatures implements SignatureScheme {
    @Override
    public String name() {
        return "ideal";
    }

    @Override
    public boolean verify(PublicKey key, byte[] statement, Signature signature) {
        return signature.equals(sign(key, statement));
    }

    @Override
    public void requireAdmissible(PublicKey key) {
        if (key.length() == 0) {
            throw new InvalidKeyException("an empty key");
        }
    }

    @Override
    public Signer signer(byte[] secret) {
        PublicKey key = new PublicKey(secret);
        return new Signer() {
            @Override
            public PublicKey publicKey() {
                return key;
            }

            @Override
            public Signature sign(byte[] statement) {
                return IdealSignatures.sign(key, statement);
            }
        };
    }

    private static Signature sign(PublicKey key, byte[] statement) {
        return new Signature(Digest.sha256(key.toBytes(), statement).toBytes());
    }
}
