package dev.parley.crypto;

import java.security.SecureRandom;

/** A validator's Ed25519 key: the secret seed of RFC 8032 and the public key that belongs to it. Immutable. */
public final class KeyPair {
    private final byte[] secret;
    private final PublicKey publicKey;

    private KeyPair(byte[] secret, PublicKey publicKey) {
        this.secret = secret;
        this.publicKey = publicKey;
    }

    /** A key that nobody had before. */
    public static KeyPair generate(SecureRandom random) {
        byte[] secret = new byte[Ed25519.SECRET_BYTES];
        random.nextBytes(secret);
        return of(secret);
    }

    /**
     * @param secret exactly 32 bytes, copied
     * @throws InvalidKeyException if they are not 32
     */
    public static KeyPair of(byte[] secret) {
        return new KeyPair(secret.clone(), Ed25519.publicKeyOf(secret));
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    /** A copy. */
    public byte[] secret() {
        return secret.clone();
    }

    public Signer signer(Ed25519 scheme) {
        return scheme.signer(secret);
    }

    /** The public half alone: key pairs end up in logs. */
    @Override
    public String toString() {
        return "key pair of " + publicKey;
    }
}
