package dev.parley.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Signatures for simulation: a keyed hash of 128 bits, some tens of nanoseconds for a statement of a hundred bytes.
 *
 * <p><strong>Never for a real network.</strong> Nothing here is hard to compute. A signature cannot be forged because this object
 * keeps the secrets to itself: it maps each public key to the secret behind it, verifies by signing again, and signs for none but
 * the holders of a secret. Byzantine code in the same process that plays by the rules of {@link Signer} is thus bound as it would
 * be by real cryptography, at a thousandth of the cost. Whoever looks into a secret, or hashes by himself, is not.
 *
 * <p>Deterministic: the same secrets give the same keys and the same signatures in each run. Thread-safe. Two schemes share
 * nothing: a key made in one is unknown in the other. The table holds one entry for each distinct secret that
 * {@link #signer} has seen.
 */
public final class IdealSignatures implements SignatureScheme {
    /** As long as those of {@link Ed25519}, so that one can stand in for the other. */
    public static final int SECRET_BYTES = 32;

    static final int SIGNATURE_BYTES = 16;

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] KEY_LABEL = {'i', 'd', 'e', 'a', 'l'};

    private final Map<PublicKey, Secret> secrets = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "ideal signatures (for simulation only)";
    }

    @Override
    public boolean verify(PublicKey key, byte[] statement, Signature signature) {
        @Nullable Secret secret = secrets.get(key);
        byte[] bytes = signature.bytes;
        return secret != null
                && bytes.length == SIGNATURE_BYTES
                && (long) WORDS.get(bytes, 0) == secret.low(statement)
                && (long) WORDS.get(bytes, 8) == secret.high(statement);
    }

    @Override
    public void requireAdmissible(PublicKey key) {
        if (!secrets.containsKey(key)) {
            throw new InvalidKeyException("these ideal signatures made no signer for key " + key
                    + "; call signer(secret) on the same scheme first");
        }
    }

    /** @param secret exactly 32 bytes; the same bytes give the same key */
    @Override
    public Signer signer(byte[] secret) {
        if (secret.length != SECRET_BYTES) {
            throw new InvalidKeyException(
                    "a secret has " + SECRET_BYTES + " bytes, not " + secret.length + "; give exactly that many");
        }
        PublicKey key = new PublicKey(Digest.sha256(KEY_LABEL, secret).toBytes());
        Secret words = new Secret(
                new KeyedHash((long) WORDS.get(secret, 0), (long) WORDS.get(secret, 8)),
                new KeyedHash((long) WORDS.get(secret, 16), (long) WORDS.get(secret, 24)));
        secrets.put(key, words);
        return new IdealSigner(key, words);
    }

    private record IdealSigner(PublicKey publicKey, Secret secret) implements Signer {
        @Override
        public Signature sign(byte[] statement) {
            byte[] bytes = new byte[SIGNATURE_BYTES];
            WORDS.set(bytes, 0, secret.low(statement));
            WORDS.set(bytes, 8, secret.high(statement));
            return new Signature(bytes);
        }

        @Override
        public String toString() {
            return "signer of " + publicKey;
        }
    }

    /** Two hashes of 64 bits under keys that have nothing in common. */
    private record Secret(KeyedHash first, KeyedHash second) {
        long low(byte[] statement) {
            return first.of(statement);
        }

        long high(byte[] statement) {
            return second.of(statement);
        }
    }
}
