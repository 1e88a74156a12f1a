package dev.parley.crypto;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;
import org.jspecify.annotations.Nullable;

/**
 * Ed25519 (RFC 8032), with one answer to each question whichever library does the arithmetic.
 *
 * <p>Libraries differ at the edges: a 65th byte, the identity as a key, a point in two encodings. Validators that differ about one
 * signature split, so the edges are settled here, before a library is asked. A signature is refused unless
 *
 * <ul>
 *   <li>it has 64 bytes: R, a point, and S, a number (RFC 8032, 5.1.6),
 *   <li>S is less than L, the order of the group: S + L would be a second signature for the same statement (5.1.7),
 *   <li>R has y less than p and is none of the eight points of small order,
 *   <li>the key is admissible, see {@link #requireAdmissible}.
 * </ul>
 *
 * What remains is the equation. RFC 8032 allows it with the cofactor, [8][S]B = [8]R + [8][k]A, and without; here it is the
 * one without. They differ only for an R that has a part of small order, which only the owner of the key can make and which takes
 * too long to look for each time. The native library computes [S]B − [k]A and compares it with the bytes of R; since B
 * and A lie in the subgroup of order L, no other R is ever equal. {@link BouncyCastleEd25519} says how the fallback gets to the
 * same set. A third library would have to be shown to agree before it joined a fleet.
 *
 * <p>Thread-safe. Keys that were {@linkplain #requireAdmissible required} to be admissible, those of validator sets, are remembered; of others, which
 * strangers choose, at most {@value #REMEMBERED_KEYS}.
 */
public final class Ed25519 implements SignatureScheme {
    public static final int SECRET_BYTES = 32;
    public static final int PUBLIC_KEY_BYTES = 32;
    public static final int SIGNATURE_BYTES = 64;

    /** Enough for two epochs' validators and many clients, at less than a kilobyte each. */
    static final int REMEMBERED_KEYS = 4096;

    private final Ed25519Library library;
    private final String name;
    private final Map<PublicKey, Ed25519Library.Verification> required = new ConcurrentHashMap<>();
    private final Map<PublicKey, Ed25519Library.Verification> admitted = new ConcurrentHashMap<>();

    private Ed25519(Ed25519Library library, String remark) {
        this.library = library;
        this.name = "Ed25519 (" + library.name() + remark + ")";
    }

    /**
     * The native library if it loads and passes a test with a known answer, else the one in Java. Call it once at start, and log
     * {@link #name()}: it says which was chosen and, for the slower one, why.
     */
    public static Ed25519 fastest() {
        return preferring(CorrettoEd25519::new);
    }

    /** The library in Java, which runs everywhere and takes about four times as long. */
    public static Ed25519 pureJava() {
        return new Ed25519(new BouncyCastleEd25519(), "");
    }

    /** @param preferred fails in whichever way if the library cannot be used */
    static Ed25519 preferring(Supplier<Ed25519Library> preferred) {
        try {
            return tried(preferred);
        } catch (RuntimeException | LinkageError e) {
            // A native library fails to load as an error, not as an exception, and at its first use.
            return new Ed25519(new BouncyCastleEd25519(), ", in Java, since the native library is not usable: " + e);
        }
    }

    /** Whether it loads and passes the test. */
    static boolean isUsable(Supplier<Ed25519Library> library) {
        try {
            var unused = tried(library);
            return true;
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    private static Ed25519 tried(Supplier<Ed25519Library> library) {
        Ed25519 scheme = new Ed25519(library.get(), "");
        scheme.requireKnownAnswer();
        return scheme;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean verify(PublicKey key, byte[] statement, Signature signature) {
        if (!Ed25519Encoding.isCanonicalSignature(signature.bytes)) {
            return false;
        }
        Ed25519Library.@Nullable Verification verification = required.get(key);
        if (verification == null) {
            verification = admitted.get(key);
        }
        if (verification == null) {
            try {
                verification = admit(key);
            } catch (InvalidKeyException e) {
                return false;
            }
            if (admitted.size() >= REMEMBERED_KEYS) {
                // Forgetting all is crude, but needs no order among keys, and a key is admitted again at the price of a
                // signature.
                admitted.clear();
            }
            admitted.put(key, verification);
        }
        return verification.verify(statement, signature.bytes);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Refused: other lengths than 32, y not below p, no point of the curve, the identity and the other points of small order
     * (under them one signature verifies many statements), points outside the subgroup of order L.
     */
    @Override
    public void requireAdmissible(PublicKey key) {
        required.computeIfAbsent(key, this::admit);
    }

    /** @param secret exactly 32 bytes, from a good source of randomness */
    @Override
    public Signer signer(byte[] secret) {
        PublicKey publicKey = publicKeyOf(secret);
        return new Ed25519Signer(publicKey, library.signing(secret.clone(), publicKey.toBytes()));
    }

    /** @throws InvalidKeyException unless there are 32 bytes; each secret of that length has an admissible key */
    static PublicKey publicKeyOf(byte[] secret) {
        if (secret.length != SECRET_BYTES) {
            throw new InvalidKeyException(
                    "an Ed25519 secret has 32 bytes, not " + secret.length + "; give the seed of RFC 8032, 5.1.5");
        }
        byte[] publicKey = new byte[PUBLIC_KEY_BYTES];
        org.bouncycastle.math.ec.rfc8032.Ed25519.generatePublicKey(secret, 0, publicKey, 0);
        return new PublicKey(publicKey);
    }

    private Ed25519Library.Verification admit(PublicKey key) {
        byte[] bytes = key.bytes;
        if (bytes.length != PUBLIC_KEY_BYTES) {
            throw new InvalidKeyException("an Ed25519 public key has 32 bytes, not " + bytes.length
                    + "; give the raw key, without any wrapping");
        }
        if (!Ed25519Encoding.hasCanonicalY(bytes)) {
            throw new InvalidKeyException(
                    "key " + key + " is a point in a form that is not canonical: its y is not below "
                            + "2^255 - 19; generate another key");
        }
        if (Ed25519Encoding.hasSmallOrder(bytes)) {
            throw new InvalidKeyException(
                    "key " + key + " is a point of small order, under which one signature is valid for "
                            + "many statements; generate another key");
        }
        @Nullable PublicPoint point = org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFullExport(bytes, 0);
        if (point == null) {
            throw new InvalidKeyException(
                    "key " + key + " is no point of the curve's prime-order subgroup; check that it was "
                            + "copied whole, or generate another key");
        }
        return library.verification(bytes.clone(), point);
    }

    /** A library that loads and computes nonsense is worse than one that does not load. */
    private void requireKnownAnswer() {
        byte[] statement = {1, 2, 3};
        byte[] secret = new byte[SECRET_BYTES];
        Signer signer = signer(secret);
        Signature signature = signer.sign(statement);
        if (!signature.equals(pureJava().signer(secret).sign(statement))
                || !verify(signer.publicKey(), statement, signature)
                || verify(signer.publicKey(), secret, signature)) {
            throw new IllegalStateException(library.name() + " gives wrong answers");
        }
    }

    private record Ed25519Signer(PublicKey publicKey, Ed25519Library.Signing signing) implements Signer {
        @Override
        public Signature sign(byte[] statement) {
            return new Signature(signing.sign(statement));
        }

        @Override
        public String toString() {
            return "signer of " + publicKey;
        }
    }
}
