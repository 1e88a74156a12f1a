package dev.parley.crypto;

import java.math.BigInteger;
import java.util.HexFormat;

/**
 * Edwards25519 in the plainest arithmetic, to build points and signatures that no library would build. Slow.
 *
 * @param x below p
 * @param y below p
 */
record Curve(BigInteger x, BigInteger y) {
    static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    static final BigInteger L =
            BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);

    static final Curve IDENTITY = new Curve(BigInteger.ZERO, BigInteger.ONE);
    static final Curve BASE =
            decode(HexFormat.of().parseHex("5866666666666666666666666666666666666666666666666666666666666666"));
    /** It generates all eight points of small order. */
    static final Curve ORDER_EIGHT =
            decode(HexFormat.of().parseHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));

    Curve plus(Curve other) {
        BigInteger d = D.multiply(x).multiply(other.x).multiply(y).multiply(other.y);
        BigInteger sumX = x.multiply(other.y).add(other.x.multiply(y));
        BigInteger sumY = y.multiply(other.y).add(x.multiply(other.x));
        return new Curve(
                sumX.multiply(BigInteger.ONE.add(d).modInverse(P)).mod(P),
                sumY.multiply(BigInteger.ONE.subtract(d).modInverse(P)).mod(P));
    }

    Curve times(BigInteger factor) {
        Curve product = IDENTITY;
        for (int i = factor.bitLength() - 1; i >= 0; i--) {
            product = product.plus(product);
            if (factor.testBit(i)) {
                product = product.plus(this);
            }
        }
        return product;
    }

    Curve times(long factor) {
        return times(BigInteger.valueOf(factor));
    }

    byte[] encode() {
        byte[] bytes = littleEndian(y);
        if (x.testBit(0)) {
            bytes[31] |= (byte) 0x80;
        }
        return bytes;
    }

    static Curve decode(byte[] encoded) {
        byte[] bytes = encoded.clone();
        boolean odd = bytes[31] < 0;
        bytes[31] &= 0x7f;
        BigInteger y = number(bytes);
        BigInteger square = y.multiply(y)
                .subtract(BigInteger.ONE)
                .multiply(D.multiply(y).multiply(y).add(BigInteger.ONE).modInverse(P))
                .mod(P);
        BigInteger x = square.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!x.multiply(x).mod(P).equals(square)) {
            x = x.multiply(BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P))
                    .mod(P);
        }
        if (!x.multiply(x).mod(P).equals(square)) {
            throw new IllegalArgumentException("no point has this y");
        }
        return new Curve(x.testBit(0) == odd ? x : P.subtract(x), y);
    }

    /** @param number below 2^256 */
    static byte[] littleEndian(BigInteger number) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = number.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }

    static BigInteger number(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
        }
        return new BigInteger(1, bigEndian);
    }
}
