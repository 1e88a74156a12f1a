package dev.parley.crypto;

/** Signs statements with one private key. Thread-safe. */
public interface Signer {
    PublicKey publicKey();

    /** @param statement made by a {@link SigningDomain}, so that it says what it is for */
    Signature sign(byte[] statement);
}
