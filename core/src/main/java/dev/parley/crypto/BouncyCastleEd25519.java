package dev.parley.crypto;

import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;
import org.jspecify.annotations.Nullable;

/** BouncyCastle's arithmetic, called directly: it needs no provider and no object for each signature. */
final class BouncyCastleEd25519 implements Ed25519Library {
    @Override
    public String name() {
        @Nullable String version = Ed25519.class.getPackage().getImplementationVersion();
        return version == null ? "BouncyCastle" : "BouncyCastle " + version;
    }

    @Override
    public Verification verification(byte[] publicKey, PublicPoint point) {
        return (statement, signature) -> Ed25519.verify(signature, 0, point, statement, 0, statement.length);
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
