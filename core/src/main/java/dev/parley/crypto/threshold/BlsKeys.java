package dev.parley.crypto.threshold;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.crypto.InvalidKeyException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;
import supranational.blst.Scalar;

/**
 * Threshold signatures and threshold encryption on BLS12-381, with P and Q the generators of G1 and G2. Two secrets are shared, x for
 * signatures and z for encryption, so that neither scheme's security depends on how the other is used.
 *
 * <p><em>Signatures</em> after Boldyreva (PKC 2003), on Boneh, Lynn and Shacham (ASIACRYPT 2001): a share is x_i · H(m) in G1, a signature
 * x · H(m), and e(signature, Q) = e(H(m), x · Q). Signatures are in G1 and keys in G2, since it is signatures that are made, sent and combined
 * all day. Unforgeable under the co-Diffie–Hellman assumption in the random oracle model, against faulty parties chosen beforehand; unique,
 * because x · H(m) is.
 *
 * <p><em>Encryption</em> after Baek and Zheng, "Simple and efficient threshold cryptosystem from the gap Diffie–Hellman group" (GLOBECOM
 * 2003), which HoneyBadgerBFT uses, as a hybrid. A ciphertext is (U, W, V):
 *
 * <pre>
 * s = hash(seed, label, plaintext)    r = hash(s, label, plaintext)
 * U = r · P                           K = r · (z · P) = z · U, both in G1
 * V = AES-256-GCM with the key hash(K) of (s, plaintext), the label as associated data
 * W = r · H(label, U, V) in G2
 * </pre>
 *
 * A share is z_i · U, and it is right if e(share, Q) = e(U, z_i · Q). U is in G1 so that making and combining shares is cheap; the well-formedness
 * proof W is in G2 because a pairing takes one of each: e(U, H) = e(P, W). Since W can only be made by who knows r, an attacker gets no help
 * from decryption of what he made out of others' ciphertexts: secure against chosen ciphertexts in the random oracle model, if r · z · P is
 * hard to find from r · P, z · P and z · Q.
 *
 * <p>Beyond the paper, the plaintext comes with s, from which r follows and so all else: decryption makes sure of U = r · P and K = r · (z · P).
 * Without it, a ciphertext's maker who also holds a share could prepare a V that AES-GCM, which does not commit to its key, opens under
 * K and under the K′ that his wrong share leads to; some would read one text and some another. Making sure costs two multiplications, a third
 * of what checking a single share does.
 *
 * <p>The cipher's nonce is always 0: a key is used once, as it depends on the plaintext and the label.
 */
public final class BlsKeys implements ThresholdKeys {
    /** Parties are counted in one byte. */
    public static final int MAX_SIZE = 255;

    static final String SIGNATURE_DOMAIN = "PARLEY-V1-THRESHOLD-SIGNATURE-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    private static final String PROOF_DOMAIN = "PARLEY-V1-THRESHOLD-CIPHERTEXT-BLS12381G2_XMD:SHA-256_SSWU_RO_";
    private static final String SCALAR_DOMAIN = "PARLEY-V1-THRESHOLD-CIPHERTEXT-BLS12381R_XMD:SHA-256_";
    private static final byte[] KEY_DOMAIN = ascii("parley/1 threshold encryption: key");
    private static final byte[] SALT_DOMAIN = ascii("parley/1 threshold encryption: salt");
    private static final String HEADER = "parley-threshold-keys-v1";
    private static final int MAX_CHAIN_ID_BYTES = 256;

    private static final int SALT_BYTES = Digest.BYTES;
    private static final int TAG_BYTES = 16;
    private static final int W_AT = BlsCurve.G1_BYTES;
    private static final int V_AT = W_AT + BlsCurve.G2_BYTES;
    private static final byte[] NONCE = new byte[12];

    /** By how much a ciphertext is longer than its plaintext. */
    public static final int CIPHERTEXT_OVERHEAD = V_AT + SALT_BYTES + TAG_BYTES;

    private final String chainId;
    private final int threshold;
    private final SharedKey signing;
    private final SharedKey decrypting;
    /** z · P, of which {@code decrypting.whole()} is the twin z · Q. */
    private final P1_Affine encryption;

    BlsKeys(String chainId, int threshold, SharedKey signing, SharedKey decrypting, P1_Affine encryption) {
        this.chainId = chainId;
        this.threshold = threshold;
        this.signing = signing;
        this.decrypting = decrypting;
        this.encryption = encryption;
    }

    /**
     * @param chainId of the chain that the keys must be for
     * @throws InvalidKeyException if these bytes are not what {@link #toBytes} gives, are for another chain, or hold keys that no dealer
     *     deals: a point that is not on the curve, not in its subgroup or the identity, or shares that do not belong together
     */
    public static BlsKeys read(byte[] bytes, String chainId) {
        try {
            BinaryReader in = new BinaryReader(bytes);
            requireHeader(in, HEADER, chainId);
            int size = in.u8();
            int threshold = in.u8();
            requireSizes(size, threshold);
            SharedKey signing = readKey(in, size, "signature");
            SharedKey decrypting = readKey(in, size, "decryption");
            @Nullable P1_Affine encryption = BlsCurve.decodeG1(in.raw(BlsCurve.G1_BYTES));
            in.end();
            if (encryption == null) {
                throw unsafe("encryption key");
            }
            if (!signing.isConsistent(threshold)
                    || !decrypting.isConsistent(threshold)
                    || !BlsCurve.pairingsAgree(
                            encryption, BlsCurve.G2_GENERATOR, BlsCurve.G1_GENERATOR, decrypting.whole())) {
                throw new InvalidKeyException(
                        "the threshold keys do not belong together; deal anew, and trust this dealer less");
            }
            return new BlsKeys(chainId, threshold, signing, decrypting, encryption);
        } catch (MalformedException e) {
            throw new InvalidKeyException(
                    "the threshold keys are damaged: " + e.getMessage() + "; restore them from a copy");
        }
    }

    static void requireSizes(int size, int threshold) {
        if (size < 1 || size > MAX_SIZE) {
            throw new InvalidKeyException("a committee has 1 to " + MAX_SIZE + " parties, not " + size);
        }
        if (threshold < 1 || threshold > size) {
            throw new InvalidKeyException(
                    "a threshold among " + size + " parties is 1 to " + size + ", not " + threshold);
        }
    }

    static void requireHeader(BinaryReader in, String header, String chainId) throws MalformedException {
        if (!in.text(header.length()).equals(header)) {
            throw new MalformedException("it does not begin with " + header);
        }
        String found = in.text(MAX_CHAIN_ID_BYTES);
        if (!found.equals(chainId)) {
            throw new InvalidKeyException("the threshold keys are for the chain '" + found + "' and not for '" + chainId
                    + "'; give those that were dealt for this chain");
        }
    }

    private static SharedKey readKey(BinaryReader in, int size, String name) throws MalformedException {
        List<P2_Affine> points = new ArrayList<>();
        for (int i = 0; i <= size; i++) {
            @Nullable P2_Affine point = BlsCurve.decodeG2(in.raw(BlsCurve.G2_BYTES));
            if (point == null) {
                throw unsafe(i == 0 ? name + " key" : name + " key of party " + (i - 1));
            }
            points.add(point);
        }
        return new SharedKey(points.getFirst(), points.subList(1, size + 1));
    }

    private static InvalidKeyException unsafe(String name) {
        return new InvalidKeyException(
                "the " + name
                        + " is not on the curve, not in its subgroup, or the identity; restore the keys from a copy or deal anew");
    }

    /** The canonical form, which everybody may know. */
    public byte[] toBytes() {
        BinaryWriter out =
                new BinaryWriter().text(HEADER).text(chainId).u8(size()).u8(threshold);
        signing.write(out);
        decrypting.write(out);
        return out.raw(encryption.compress()).toByteArray();
    }

    /** How many bytes {@link #toBytes} has. */
    public static int sizeBytes(String chainId, int size) {
        return textBytes(HEADER) + textBytes(chainId) + 2 + 2 * (size + 1) * BlsCurve.G2_BYTES + BlsCurve.G1_BYTES;
    }

    static int textBytes(String text) {
        return 4 + text.getBytes(StandardCharsets.UTF_8).length;
    }

    public String chainId() {
        return chainId;
    }

    @Override
    public String name() {
        return "BLS12-381";
    }

    @Override
    public int size() {
        return signing.ofParties().size();
    }

    @Override
    public int threshold() {
        return threshold;
    }

    @Override
    public boolean isSignatureShare(int party, byte[] statement, byte[] share) {
        return isParty(party) && isSignedBy(signing.ofParties().get(party), statement, share);
    }

    @Override
    public byte @Nullable [] combineSignature(Map<Integer, byte[]> shares) {
        @Nullable P1 signature = combine(shares);
        return signature == null || signature.is_inf() ? null : signature.compress();
    }

    @Override
    public boolean isSignature(byte[] statement, byte[] signature) {
        return isSignedBy(signing.whole(), statement, signature);
    }

    private static boolean isSignedBy(P2_Affine key, byte[] statement, byte[] signature) {
        @Nullable P1_Affine point = BlsCurve.decodeG1(signature);
        return point != null
                && BlsCurve.pairingsAgree(
                        point,
                        BlsCurve.G2_GENERATOR,
                        new P1().hash_to(statement, SIGNATURE_DOMAIN).to_affine(),
                        key);
    }

    @Override
    public byte[] encrypt(byte[] label, byte[] plaintext, byte[] seed) {
        byte[] salt = Digest.sha256(SALT_DOMAIN, length(seed), seed, length(label), label, plaintext)
                .toBytes();
        Scalar r = randomness(salt, label, plaintext);
        return seal(r, encryption().mult(r), label, salt, plaintext);
    }

    /**
     * @param k r times the encryption key, if the maker is honest
     * @param salt what r comes from, if the maker is honest
     */
    byte[] seal(Scalar r, P1 k, byte[] label, byte[] salt, byte[] plaintext) {
        byte[] u = BlsCurve.multiply(BlsCurve.G1_GENERATOR, r).compress();
        byte[] v = seal(k, label, salt, plaintext);
        byte[] w = proofBase(label, u, v, 0).mult(r).compress();
        return new BinaryWriter(u.length + w.length + v.length)
                .raw(u)
                .raw(w)
                .raw(v)
                .toByteArray();
    }

    private static byte[] seal(P1 k, byte[] label, byte[] salt, byte[] plaintext) {
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, k, label);
            byte[] content = Arrays.copyOf(salt, SALT_BYTES + plaintext.length);
            System.arraycopy(plaintext, 0, content, SALT_BYTES, plaintext.length);
            return cipher.doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-256-GCM", e);
        }
    }

    @Override
    public boolean isCiphertext(byte[] label, byte[] ciphertext) {
        if (ciphertext.length < CIPHERTEXT_OVERHEAD) {
            return false;
        }
        byte[] uBytes = Arrays.copyOf(ciphertext, W_AT);
        @Nullable P1_Affine u = BlsCurve.decodeG1(uBytes);
        @Nullable P2_Affine w = BlsCurve.decodeG2(Arrays.copyOfRange(ciphertext, W_AT, V_AT));
        return u != null
                && w != null
                && BlsCurve.pairingsAgree(
                        u, proofBase(label, uBytes, ciphertext, V_AT).to_affine(), BlsCurve.G1_GENERATOR, w);
    }

    @Override
    public boolean isDecryptionShare(int party, byte[] ciphertext, byte[] share) {
        if (!isParty(party) || ciphertext.length < CIPHERTEXT_OVERHEAD) {
            return false;
        }
        @Nullable P1_Affine u = BlsCurve.decodeG1(Arrays.copyOf(ciphertext, W_AT));
        @Nullable P1_Affine point = BlsCurve.decodeG1(share);
        return u != null
                && point != null
                && BlsCurve.pairingsAgree(
                        point, BlsCurve.G2_GENERATOR, u, decrypting.ofParties().get(party));
    }

    @Override
    public byte @Nullable [] decrypt(byte[] label, byte[] ciphertext, Map<Integer, byte[]> shares) {
        @Nullable P1 k = ciphertext.length < CIPHERTEXT_OVERHEAD ? null : combine(shares);
        byte @Nullable [] content = k == null ? null : open(k, label, ciphertext);
        if (k == null || content == null) {
            return null;
        }
        byte[] plaintext = Arrays.copyOfRange(content, SALT_BYTES, content.length);
        Scalar r = randomness(Arrays.copyOf(content, SALT_BYTES), label, plaintext);
        byte[] u = BlsCurve.multiply(BlsCurve.G1_GENERATOR, r).compress();
        return Arrays.equals(u, 0, W_AT, ciphertext, 0, W_AT)
                        && encryption().mult(r).is_equal(k)
                ? plaintext
                : null;
    }

    private static byte @Nullable [] open(P1 k, byte[] label, byte[] ciphertext) {
        try {
            return cipher(Cipher.DECRYPT_MODE, k, label).doFinal(ciphertext, V_AT, ciphertext.length - V_AT);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-256-GCM", e);
        }
    }

    private static Cipher cipher(int mode, P1 k, byte[] label) throws GeneralSecurityException {
        Cipher cipher = AesGcm.newCipher();
        byte[] key = Digest.sha256(KEY_DOMAIN, k.compress()).toBytes();
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, NONCE));
        cipher.updateAAD(label);
        return cipher;
    }

    static Scalar randomness(byte[] salt, byte[] label, byte[] plaintext) {
        return new Scalar()
                .hash_to(Digest.sha256(salt, length(label), label, plaintext).toBytes(), SCALAR_DOMAIN);
    }

    private static P2 proofBase(byte[] label, byte[] u, byte[] v, int vAt) {
        MessageDigest hash = Digest.newSha256();
        hash.update(length(label));
        hash.update(label);
        hash.update(u);
        hash.update(v, vAt, v.length - vAt);
        return new P2().hash_to(hash.digest(), PROOF_DOMAIN);
    }

    /** Lagrange's formula in the exponent, on the first shares; null if one of those is no point, or if there are too few. */
    private @Nullable P1 combine(Map<Integer, byte[]> shares) {
        List<Integer> parties = shares.keySet().stream().limit(threshold).toList();
        if (parties.size() < threshold || !parties.stream().allMatch(this::isParty)) {
            return null;
        }
        List<BigInteger> coefficients = Shamir.coefficients(parties);
        P1 sum = new P1();
        int at = 0;
        for (byte[] share : shares.values().stream().limit(threshold).toList()) {
            @Nullable P1_Affine point = BlsCurve.decodeG1(share);
            if (point == null) {
                return null;
            }
            sum.add(BlsCurve.multiply(point, BlsCurve.scalar(coefficients.get(at++))));
        }
        return sum;
    }

    /** z · P, a copy to compute with. */
    P1 encryption() {
        return encryption.to_jacobian();
    }

    private boolean isParty(int party) {
        return party >= 0 && party < size();
    }

    boolean isSecretOf(int party, BigInteger signingShare, BigInteger decryptingShare) {
        return SharedKey.publicKey(signingShare).is_equal(signing.ofParties().get(party))
                && SharedKey.publicKey(decryptingShare)
                        .is_equal(decrypting.ofParties().get(party));
    }

    private static byte[] length(byte[] bytes) {
        return new BinaryWriter(4).i32(bytes.length).toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return name() + " keys of " + size() + " parties on " + chainId + ", " + threshold + " of which are needed";
    }
}
