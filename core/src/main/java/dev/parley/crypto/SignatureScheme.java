package dev.parley.crypto;

/** A way to sign and to verify. Thread-safe; verifying never throws, whatever the bytes. */
public interface SignatureScheme {
    /** For logs and reports, such as {@code Ed25519 (BouncyCastle)}. */
    String name();

    /** @return whether {@code signature} is the form of this scheme and was made over {@code statement} by {@code key}'s owner */
    boolean verify(PublicKey key, byte[] statement, Signature signature);

    /**
     * Holds a key against all that makes keys unsafe: length, curve, canonical form, small order.
     *
     * @throws InvalidKeyException says what is wrong with the key
     */
    void requireAdmissible(PublicKey key);

    /**
     * @param secret the scheme's private seed, copied
     * @throws InvalidKeyException if it is not one
     */
    Signer signer(byte[] secret);
}
