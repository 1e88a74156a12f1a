package dev.parley.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What can be said about an Ed25519 point or signature from its bytes alone. A point is y in 255 bits, little-endian, and the
 * lowest bit of x above (RFC 8032, 5.1.2).
 */
final class Ed25519Encoding {
    private static final int POINT_BYTES = 32;

    /** p = 2^255 − 19, the field. */
    private static final byte[] FIELD =
            littleEndian("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    /** L = 2^252 + 27742317777372353535851937790883648493, the order of the base point. */
    private static final byte[] ORDER =
            littleEndian("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

    /**
     * The y of the eight points whose order divides 8: the identity; order 2; order 4; order 8, twice. With either bit for x, since
     * the bit that is wrong for x = 0 is no encoding at all.
     */
    private static final byte[][] SMALL_ORDER = {
        littleEndian("0100000000000000000000000000000000000000000000000000000000000000"),
        littleEndian("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        littleEndian("0000000000000000000000000000000000000000000000000000000000000000"),
        littleEndian("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        littleEndian("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    };

    private Ed25519Encoding() {}

    /** 64 bytes: a point R with a canonical y and not of small order, and S below L. */
    static boolean isCanonicalSignature(byte[] signature) {
        return signature.length == Ed25519.SIGNATURE_BYTES
                && isBelow(signature, POINT_BYTES, 0xff, ORDER)
                && hasCanonicalY(signature)
                && !hasSmallOrder(signature);
    }

    /** @param bytes begin with a point */
    static boolean hasCanonicalY(byte[] bytes) {
        return isBelow(bytes, 0, 0x7f, FIELD);
    }

    /** @param bytes begin with a point whose y is canonical */
    static boolean hasSmallOrder(byte[] bytes) {
        int top = bytes[POINT_BYTES - 1] & 0x7f;
        for (byte[] y : SMALL_ORDER) {
            if (top == y[POINT_BYTES - 1] && Arrays.equals(bytes, 0, POINT_BYTES - 1, y, 0, POINT_BYTES - 1)) {
                return true;
            }
        }
        return false;
    }

    /** Whether 32 little-endian bytes from {@code offset}, the topmost masked, are a number below {@code bound}. */
    private static boolean isBelow(byte[] bytes, int offset, int topMask, byte[] bound) {
        int last = POINT_BYTES - 1;
        int difference = (bytes[offset + last] & topMask) - (bound[last] & 0xff);
        for (int i = last - 1; difference == 0 && i >= 0; i--) {
            difference = (bytes[offset + i] & 0xff) - (bound[i] & 0xff);
        }
        return difference < 0;
    }

    private static byte[] littleEndian(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
