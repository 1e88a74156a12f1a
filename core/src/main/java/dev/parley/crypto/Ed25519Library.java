package dev.parley.crypto;

import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/**
 * The arithmetic behind {@link Ed25519}. It is asked only about what has passed the checks there: signatures in canonical form and
 * keys in the prime-order subgroup. Thread-safe, as is all that it makes.
 */
interface Ed25519Library {
    /** With its version, as it stands in {@link Ed25519#name()}. */
    String name();

    /**
     * @param publicKey 32 bytes, kept
     * @param point the same key, decoded
     */
    Verification verification(byte[] publicKey, PublicPoint point);

    /**
     * @param secret 32 bytes, kept
     * @param publicKey the key that belongs to it, kept
     */
    Signing signing(byte[] secret, byte[] publicKey);

    /** Verifies under one key; never throws. */
    @FunctionalInterface
    interface Verification {
        boolean verify(byte[] statement, byte[] signature);
    }

    /** Signs with one key. */
    @FunctionalInterface
    interface Signing {
        byte[] sign(byte[] statement);
    }
}
