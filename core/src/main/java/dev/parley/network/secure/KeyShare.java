package dev.parley.network.secure;

import dev.parley.crypto.Digest;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/** One side's half of an X25519 key agreement, used for one session and forgotten. */
final class KeyShare {
    /** What the JDK wants before the 32 bytes of a key: the algorithm's name (RFC 8410). */
    private static final byte[] ENCODING = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00};

    private final KeyPair keys;

    private KeyShare(KeyPair keys) {
        this.keys = keys;
    }

    static KeyShare generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
            generator.initialize(255, random);
            return new KeyShare(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform of today has X25519", e);
        }
    }

    /** What the other side needs. */
    Digest publicBytes() {
        byte[] encoded = keys.getPublic().getEncoded();
        return Digest.of(Arrays.copyOfRange(encoded, ENCODING.length, encoded.length));
    }

    /** The common secret, or null if the other side's bytes are a point of small order, with which everybody would know it. */
    byte @Nullable [] agree(Digest other) {
        byte[] encoded = Arrays.copyOf(ENCODING, ENCODING.length + Digest.BYTES);
        System.arraycopy(other.toBytes(), 0, encoded, ENCODING.length, Digest.BYTES);
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(keys.getPrivate());
            agreement.doPhase(KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(encoded)), true);
            return agreement.generateSecret();
        } catch (InvalidKeyException | InvalidKeySpecException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform of today has X25519", e);
        }
    }
}
