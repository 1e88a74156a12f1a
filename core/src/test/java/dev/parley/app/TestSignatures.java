package dev.parley.app;

import dev.parley.crypto.Digest;
import dev.parley.crypto.InvalidKeyException;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;

/** Signatures that anybody could forge and nobody here does: the hash of the key and the statement. */
final class TestSignatures implements SignatureScheme {
    int verified;

    @Override
    public String name() {
        return "hash of key and statement";
    }

    @Override
    public boolean verify(PublicKey key, byte[] statement, Signature signature) {
        verified++;
        return signature.equals(signature(key, statement));
    }

    @Override
    public void requireAdmissible(PublicKey key) {
        if (key.length() != 1) {
            throw new InvalidKeyException("a key here has one byte");
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
                return signature(key, statement);
            }
        };
    }

    private static Signature signature(PublicKey key, byte[] statement) {
        return new Signature(Digest.sha256(key.toBytes(), statement).toBytes());
    }
}
