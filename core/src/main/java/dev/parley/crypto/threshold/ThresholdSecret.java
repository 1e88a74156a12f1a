package dev.parley.crypto.threshold;

/** One party's secret share. Thread-safe. */
public interface ThresholdSecret {
    /** From 0. */
    int party();

    /** Its share of the committee's signature on the statement; the same one each time. */
    byte[] signatureShare(byte[] statement);

    /**
     * @param ciphertext admitted by {@link ThresholdKeys#isCiphertext}, else the share helps a thief
     * @throws IllegalArgumentException for what does not even look like a ciphertext
     */
    byte[] decryptionShare(byte[] ciphertext);

    /** 32 bytes that nobody else can know, the same ones for the same purpose: a seed for {@link ThresholdKeys#encrypt}. */
    byte[] seed(byte[] purpose);
}
