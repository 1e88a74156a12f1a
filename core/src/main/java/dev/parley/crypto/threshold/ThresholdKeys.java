package dev.parley.crypto.threshold;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a committee of n. Parties are counted from 0. Shares, signatures and ciphertexts are byte strings that a peer may have
 * made up: every method here takes any of any length, throws for none, and answers no. Immutable, thread-safe.
 *
 * <p>Combining does not verify its shares: combine, verify the result once, and only when that fails ask for each share whose it is
 * ({@link #isSignatureShare}, {@link #isDecryptionShare}).
 */
public interface ThresholdKeys {
    /** For reports, such as {@code BLS12-381}. */
    String name();

    /** n, the number of parties. */
    int size();

    /** How many shares it takes, 1 to n. */
    int threshold();

    // Signatures: unique, so that nobody can choose among several and nobody knows one before enough shares are out.

    /** Whether it is this party's share of a signature on the statement. False for a party that there is not. */
    boolean isSignatureShare(int party, byte[] statement, byte[] share);

    /**
     * @param shares by party, {@link #threshold} or more, of which some may be wrong; the first ones in the map's order are used
     * @return a signature if those are right; otherwise some other bytes, or null if they are no shares of anything or too few
     */
    byte @Nullable [] combineSignature(Map<Integer, byte[]> shares);

    /** Whether these bytes are the committee's signature on the statement. */
    boolean isSignature(byte[] statement, byte[] signature);

    // Encryption: nobody reads a ciphertext before enough parties have given their share for it.

    /**
     * Encrypts for the committee.
     *
     * @param label where the ciphertext is valid; it can be decrypted under no other
     * @param seed 32 bytes or more that nobody else knows and that are used for this label and plaintext alone: all randomness comes from it
     */
    byte[] encrypt(byte[] label, byte[] plaintext, byte[] seed);

    /** Whether it is a ciphertext made for this label by somebody who knew its plaintext: no share is given for any other. */
    boolean isCiphertext(byte[] label, byte[] ciphertext);

    /** Whether it is this party's share for decrypting. False for a party that there is not. */
    boolean isDecryptionShare(int party, byte[] ciphertext, byte[] share);

    /**
     * Whatever the shares, it is either the plaintext that right ones give or null: wrong ones cannot make two parties read two texts.
     *
     * @param ciphertext admitted by {@link #isCiphertext} for the label
     * @param shares by party, {@link #threshold} or more, of which some may be wrong; the first ones in the map's order are used
     * @return the plaintext; null if those shares do not give it, or if its maker put garbage in, which right shares then tell everybody
     *     alike
     */
    byte @Nullable [] decrypt(byte[] label, byte[] ciphertext, Map<Integer, byte[]> shares);
}
