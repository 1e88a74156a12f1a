package dev.parley.crypto;

import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/**
 * BouncyCastle's arithmetic, called directly: it needs no provider and no object for each signature.
 *
 * <p>BouncyCastle verifies with the cofactor: it accepts R + T for every T of small order, as RFC 8032 allows and as the native
 * library does not. What it accepts is therefore held against the second half of the rule: R lies in the subgroup of order L. Then
 * [S]B − R − [k]A lies there too, where the cofactor changes nothing, and both libraries accept the same signatures. The price is
 * a second multiplication, about as much as the first.
 */
final class BouncyCastleEd25519 implements Ed25519Library {
    @Override
    public String name() {
        return "BouncyCastle";
    }

    @Override
    public Verification verification(byte[] publicKey, PublicPoint point) {
        // A point begins a signature as it does a public key, so what validates the one validates the other.
        return (statement, signature) -> Ed25519.verify(signature, 0, point, statement, 0, statement.length)
                && Ed25519.validatePublicKeyFull(signature, 0);
    }

    @Override
    public Signing signing(byte[] secret, byte[] publicKey) {
        return statement -> {
            byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
            Ed25519.sign(secret, 0, publicKey, 0, statement, 0, statement.length, signature, 0);
            return signature;
        };
    }
}
