package dev.parley.crypto.threshold;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.InvalidKeyException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.Scalar;

/** One party's secret shares of the two secrets behind {@link BlsKeys}. */
public final class BlsSecret implements ThresholdSecret {
    private static final String HEADER = "parley-threshold-secret-v1";
    private static final String SEED_ALGORITHM = "HmacSHA256";

    private final String chainId;
    private final int party;
    private final byte[] signing;
    private final byte[] decrypting;
    private final Scalar signingScalar;
    private final Scalar decryptingScalar;

    BlsSecret(String chainId, int party, BigInteger signing, BigInteger decrypting) {
        this.chainId = chainId;
        this.party = party;
        this.signing = BlsCurve.scalarBytes(signing);
        this.decrypting = BlsCurve.scalarBytes(decrypting);
        this.signingScalar = BlsCurve.scalar(signing);
        this.decryptingScalar = BlsCurve.scalar(decrypting);
    }

    /**
     * @param keys of the committee that the share must belong to
     * @throws InvalidKeyException if these bytes are not what {@link #toBytes} gives, or are a share of other keys; its message tells no
     *     secret
     */
    public static BlsSecret read(byte[] bytes, BlsKeys keys) {
        try {
            BinaryReader in = new BinaryReader(bytes);
            BlsKeys.requireHeader(in, HEADER, keys.chainId());
            int party = in.u8();
            if (party >= keys.size()) {
                throw new InvalidKeyException(
                        "the secret share is party " + party + "'s, and the committee's parties are 0 to "
                                + (keys.size() - 1) + "; give the share that was dealt with these public keys");
            }
            BigInteger signing = new BigInteger(1, in.raw(BlsCurve.SCALAR_BYTES));
            BigInteger decrypting = new BigInteger(1, in.raw(BlsCurve.SCALAR_BYTES));
            in.end();
            if (!isShare(signing) || !isShare(decrypting) || !keys.isSecretOf(party, signing, decrypting)) {
                throw new InvalidKeyException("the secret share of party " + party
                        + " does not belong to the public keys; give the share that was dealt with them");
            }
            return new BlsSecret(keys.chainId(), party, signing, decrypting);
        } catch (MalformedException e) {
            throw new InvalidKeyException(
                    "the secret share is damaged: " + e.getMessage() + "; restore it from a copy or deal anew");
        }
    }

    private static boolean isShare(BigInteger secret) {
        return secret.signum() > 0 && secret.compareTo(BlsCurve.ORDER) < 0;
    }

    /** The canonical form, which is as secret as this. */
    public byte[] toBytes() {
        return new BinaryWriter()
                .text(HEADER)
                .text(chainId)
                .u8(party)
                .raw(signing)
                .raw(decrypting)
                .toByteArray();
    }

    /** How many bytes {@link #toBytes} has. */
    public static int sizeBytes(String chainId) {
        return BlsKeys.textBytes(HEADER) + BlsKeys.textBytes(chainId) + 1 + 2 * BlsCurve.SCALAR_BYTES;
    }

    @Override
    public int party() {
        return party;
    }

    @Override
    public byte[] signatureShare(byte[] statement) {
        return new P1()
                .hash_to(statement, BlsKeys.SIGNATURE_DOMAIN)
                .sign_with(signingScalar)
                .compress();
    }

    @Override
    public byte[] decryptionShare(byte[] ciphertext) {
        @Nullable P1_Affine u = BlsCurve.decodeG1(Arrays.copyOf(ciphertext, Math.min(ciphertext.length, BlsCurve.G1_BYTES)));
        if (u == null) {
            throw new IllegalArgumentException("not a ciphertext; ask isCiphertext first");
        }
        return u.to_jacobian().sign_with(decryptingScalar).compress();
    }

    @Override
    public byte[] seed(byte[] purpose) {
        try {
            Mac mac = Mac.getInstance(SEED_ALGORITHM);
            mac.init(new SecretKeySpec(
                    new BinaryWriter().raw(signing).raw(decrypting).toByteArray(), SEED_ALGORITHM));
            return mac.doFinal(purpose);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + SEED_ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "secret share of party " + party + " on " + chainId;
    }
}
