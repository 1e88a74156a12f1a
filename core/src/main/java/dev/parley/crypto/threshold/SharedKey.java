package dev.parley.crypto.threshold;

import dev.parley.codec.BinaryWriter;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import supranational.blst.P2;
import supranational.blst.P2_Affine;

/** What everybody knows of one shared secret x: x · P in G2, and of each party's share x_i the like. */
record SharedKey(P2_Affine whole, List<P2_Affine> ofParties) {
    SharedKey {
        ofParties = List.copyOf(ofParties);
    }

    static SharedKey of(List<BigInteger> polynomial, int n) {
        List<P2_Affine> points = new ArrayList<>();
        for (int at = 0; at <= n; at++) {
            points.add(publicKey(Shamir.evaluate(polynomial, at)));
        }
        return new SharedKey(points.getFirst(), points.subList(1, n + 1));
    }

    static P2_Affine publicKey(BigInteger secret) {
        return BlsCurve.multiply(BlsCurve.G2_GENERATOR, BlsCurve.scalar(secret)).to_affine();
    }

    /** Whether any {@code threshold} of the shares belong to the whole, and not some to one key and some to another. */
    boolean isConsistent(int threshold) {
        List<BigInteger> word = Shamir.dualWord(ofParties.size(), threshold, new SecureRandom());
        P2 sum = BlsCurve.multiply(whole, BlsCurve.scalar(word.getFirst()));
        for (int party = 0; party < ofParties.size(); party++) {
            sum.add(BlsCurve.multiply(ofParties.get(party), BlsCurve.scalar(word.get(party + 1))));
        }
        return sum.is_inf();
    }

    void write(BinaryWriter out) {
        out.raw(whole.compress());
        ofParties.forEach(point -> out.raw(point.compress()));
    }
}
