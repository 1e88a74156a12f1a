package dev.parley.crypto.threshold;

import static dev.parley.crypto.threshold.BlsCurve.ORDER;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Secret sharing after Shamir, "How to share a secret" (CACM 1979): the secret is a polynomial's value at 0, party i (from 0) holds the value
 * at i + 1, and as many as the polynomial has coefficients find the value at 0 by Lagrange's formula.
 */
final class Shamir {
    private Shamir() {}

    /** A polynomial that nobody has seen, the constant term first. No coefficient is 0, so no key is the identity but by a miracle. */
    static List<BigInteger> polynomial(int coefficients, RandomGenerator random) {
        List<BigInteger> polynomial = new ArrayList<>();
        while (polynomial.size() < coefficients) {
            // 64 bytes: what is left of the bias after the reduction is below 2^-256.
            byte[] bytes = new byte[2 * BlsCurve.SCALAR_BYTES];
            random.nextBytes(bytes);
            BigInteger value = new BigInteger(1, bytes).mod(ORDER);
            if (value.signum() != 0) {
                polynomial.add(value);
            }
        }
        return polynomial;
    }

    static BigInteger evaluate(List<BigInteger> polynomial, int at) {
        BigInteger value = BigInteger.ZERO;
        BigInteger x = BigInteger.valueOf(at);
        for (BigInteger coefficient : polynomial.reversed()) {
            value = value.multiply(x).add(coefficient).mod(ORDER);
        }
        return value;
    }

    /** Lagrange's coefficients at 0, for shares of these distinct parties in this order: the product of x_j / (x_j − x_i) over j ≠ i. */
    static List<BigInteger> coefficients(List<Integer> parties) {
        List<BigInteger> coefficients = new ArrayList<>(parties.size());
        for (int i : parties) {
            BigInteger numerator = BigInteger.ONE;
            BigInteger denominator = BigInteger.ONE;
            for (int j : parties) {
                if (j != i) {
                    numerator = numerator.multiply(BigInteger.valueOf(j + 1L)).mod(ORDER);
                    denominator = denominator.multiply(BigInteger.valueOf((long) j - i));
                }
            }
            coefficients.add(numerator.multiply(denominator.modInverse(ORDER)).mod(ORDER));
        }
        return coefficients;
    }

    /**
     * A random word of the code that is dual to values at 0, 1, …, n of polynomials with {@code threshold} coefficients: its scalar product
     * with such values is 0, and with others only by an accident of probability 1 / {@link BlsCurve#ORDER}. Cascudo and David, "SCRAPE"
     * (ACNS 2017), section 2.1: f(j) / product of (j − k) over k ≠ j, for a random f with n + 1 − threshold coefficients.
     */
    static List<BigInteger> dualWord(int n, int threshold, RandomGenerator random) {
        List<BigInteger> polynomial = polynomial(n + 1 - threshold, random);
        List<BigInteger> word = new ArrayList<>(n + 1);
        for (int j = 0; j <= n; j++) {
            BigInteger denominator = BigInteger.ONE;
            for (int k = 0; k <= n; k++) {
                if (k != j) {
                    denominator = denominator.multiply(BigInteger.valueOf((long) j - k));
                }
            }
            word.add(evaluate(polynomial, j)
                    .multiply(denominator.modInverse(ORDER))
                    .mod(ORDER));
        }
        return word;
    }
}
