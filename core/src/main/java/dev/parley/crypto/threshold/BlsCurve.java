package dev.parley.crypto.threshold;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;
import supranational.blst.Pairing;
import supranational.blst.Scalar;

/**
 * The pairing-friendly curve BLS12-381, by the library blst. Its points of the type {@code P1} and {@code P2} change under arithmetic and
 * are never shared here; those of the type {@code …_Affine} do not.
 */
final class BlsCurve {
    static final int SCALAR_BYTES = 32;
    /** Compressed: the coordinate x and three bits. One form for each point. */
    static final int G1_BYTES = 48;

    static final int G2_BYTES = 96;

    /** Of the groups, and so the modulus of scalars; draft-irtf-cfrg-pairing-friendly-curves, section 4.2.1. */
    static final BigInteger ORDER =
            new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

    static final P1_Affine G1_GENERATOR = P1_Affine.generator();
    static final P2_Affine G2_GENERATOR = P2_Affine.generator();

    static {
        // The generators have loaded it.
        BlsLibrary.discardCopy();
    }

    private BlsCurve() {}

    /** @return null unless these bytes are a point of the curve, in the right subgroup, other than the identity */
    static @Nullable P1_Affine decodeG1(byte[] bytes) {
        if (bytes.length != G1_BYTES) {
            return null;
        }
        try {
            P1_Affine point = new P1_Affine(bytes);
            return !point.is_inf() && point.in_group() ? point : null;
        } catch (RuntimeException e) {
            return null; // What the library throws for what is no encoding or not on the curve, without a type of its
            // own.
        }
    }

    /** @return null unless these bytes are a point of the curve, in the right subgroup, other than the identity */
    static @Nullable P2_Affine decodeG2(byte[] bytes) {
        if (bytes.length != G2_BYTES) {
            return null;
        }
        try {
            P2_Affine point = new P2_Affine(bytes);
            return !point.is_inf() && point.in_group() ? point : null;
        } catch (RuntimeException e) {
            return null; // As above.
        }
    }

    static Scalar scalar(BigInteger value) {
        return new Scalar().from_bendian(scalarBytes(value));
    }

    /** @param value from 0 to below {@link #ORDER} */
    static byte[] scalarBytes(BigInteger value) {
        byte[] shortest = value.toByteArray(); // At most 32 bytes, since the order has 255 bits.
        byte[] bytes = new byte[SCALAR_BYTES];
        System.arraycopy(shortest, 0, bytes, SCALAR_BYTES - shortest.length, shortest.length);
        return bytes;
    }

    static P1 multiply(P1_Affine point, Scalar factor) {
        return point.to_jacobian().mult(factor);
    }

    static P2 multiply(P2_Affine point, Scalar factor) {
        return point.to_jacobian().mult(factor);
    }

    /** Whether e(a, b) = e(c, d). One product of two pairings, e(a, b) · e(−c, d), costs less than two pairings. */
    static boolean pairingsAgree(P1_Affine a, P2_Affine b, P1_Affine c, P2_Affine d) {
        Pairing product = new Pairing(true, "");
        product.raw_aggregate(b, a);
        product.raw_aggregate(d, c.to_jacobian().neg().to_affine());
        product.commit();
        return product.finalverify();
    }
}
