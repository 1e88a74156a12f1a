package dev.parley.crypto.threshold;

import dev.parley.crypto.KeyedHash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Threshold cryptography for simulation, from keyed hashes of 64 bits: well below a microsecond where the real one takes one thousand.
 *
 * <p><strong>Never for a real network: it hides nothing.</strong> A plaintext can be read in its ciphertext, and this object knows all secrets.
 * Byzantine code in the same process that plays by the rules of {@link ThresholdSecret} can forge nothing, though, and learns a signature
 * from no fewer than {@code threshold} shares.
 *
 * <p>Deterministic: the same seed gives the same keys. Shares of one committee are nothing to another. Thread-safe.
 */
public final class IdealThreshold implements ThresholdKeys {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int WORD = 8;
    /** What a signature or a share of one is: the statement's hash and somebody's hash of that. */
    private static final int SIGNATURE_BYTES = 2 * WORD;

    // A ciphertext: its seed's and its label's hash, a tag on all the rest, and the plaintext.
    private static final int LABEL_AT = WORD;
    private static final int TAG_AT = 2 * WORD;
    private static final int PLAINTEXT_AT = 3 * WORD;

    private final int threshold;
    private final KeyedHash content;
    private final KeyedHash committee;
    private final KeyedHash sound;
    private final KeyedHash garbage;
    private final List<Party> parties;

    private IdealThreshold(int n, int threshold, SplittableRandom random) {
        this.threshold = threshold;
        content = hash(random);
        committee = hash(random);
        sound = hash(random);
        garbage = hash(random);
        List<Party> secrets = new ArrayList<>();
        for (int party = 0; party < n; party++) {
            secrets.add(new Party(this, party, hash(random), hash(random), hash(random)));
        }
        parties = List.copyOf(secrets);
    }

    /**
     * @param n 1 to {@link BlsKeys#MAX_SIZE}
     * @param threshold 1 to n
     */
    public static List<ThresholdSetup> deal(int n, int threshold, long seed) {
        BlsKeys.requireSizes(n, threshold);
        IdealThreshold keys = new IdealThreshold(n, threshold, new SplittableRandom(seed));
        return keys.parties.stream()
                .map(party -> new ThresholdSetup(keys, party))
                .toList();
    }

    private static KeyedHash hash(SplittableRandom random) {
        return new KeyedHash(random.nextLong(), random.nextLong());
    }

    @Override
    public String name() {
        return "ideal threshold cryptography (for simulation only)";
    }

    @Override
    public int size() {
        return parties.size();
    }

    @Override
    public int threshold() {
        return threshold;
    }

    @Override
    public boolean isSignatureShare(int party, byte[] statement, byte[] share) {
        return isParty(party)
                && isSignedBy(parties.get(party).signing, share)
                && word(share, 0) == content.of(statement);
    }

    /** Looks at the shares, which is cheaper here than a formula that would turn wrong ones into a wrong signature. */
    @Override
    public byte @Nullable [] combineSignature(Map<Integer, byte[]> shares) {
        int used = 0;
        long statement = 0;
        boolean right = true;
        for (Map.Entry<Integer, byte[]> entry : shares.entrySet()) {
            byte[] share = entry.getValue();
            if (!isParty(entry.getKey()) || share.length != SIGNATURE_BYTES) {
                return null;
            }
            right &= isSignedBy(parties.get(entry.getKey()).signing, share)
                    && (used == 0 || word(share, 0) == statement);
            statement = word(share, 0);
            if (++used == threshold) {
                return right ? signed(committee, statement) : new byte[SIGNATURE_BYTES];
            }
        }
        return null;
    }

    @Override
    public boolean isSignature(byte[] statement, byte[] signature) {
        return isSignedBy(committee, signature) && word(signature, 0) == content.of(statement);
    }

    private static byte[] signed(KeyedHash key, long statement) {
        byte[] bytes = new byte[SIGNATURE_BYTES];
        WORDS.set(bytes, 0, statement);
        WORDS.set(bytes, WORD, key.of(statement, 0));
        return bytes;
    }

    private static boolean isSignedBy(KeyedHash key, byte[] signature) {
        return signature.length == SIGNATURE_BYTES && word(signature, WORD) == key.of(word(signature, 0), 0);
    }

    @Override
    public byte[] encrypt(byte[] label, byte[] plaintext, byte[] seed) {
        return encrypt(sound, label, plaintext, seed);
    }

    /** What a Byzantine party may do: a ciphertext that is admitted, and that right shares decrypt to null. */
    public byte[] encryptGarbage(byte[] label, byte[] seed) {
        return encrypt(garbage, label, new byte[0], seed);
    }

    private byte[] encrypt(KeyedHash kind, byte[] label, byte[] plaintext, byte[] seed) {
        byte[] bytes = new byte[PLAINTEXT_AT + plaintext.length];
        WORDS.set(bytes, 0, content.of(seed));
        WORDS.set(bytes, LABEL_AT, content.of(label));
        System.arraycopy(plaintext, 0, bytes, PLAINTEXT_AT, plaintext.length);
        WORDS.set(bytes, TAG_AT, tag(kind, bytes));
        return bytes;
    }

    private static long tag(KeyedHash kind, byte[] ciphertext) {
        return kind.of(kind.of(word(ciphertext, 0), word(ciphertext, LABEL_AT)), kind.of(ciphertext, PLAINTEXT_AT));
    }

    @Override
    public boolean isCiphertext(byte[] label, byte[] ciphertext) {
        return isOf(sound, label, ciphertext) || isOf(garbage, label, ciphertext);
    }

    private boolean isOf(KeyedHash kind, byte[] label, byte[] ciphertext) {
        return ciphertext.length >= PLAINTEXT_AT
                && word(ciphertext, LABEL_AT) == content.of(label)
                && word(ciphertext, TAG_AT) == tag(kind, ciphertext);
    }

    @Override
    public boolean isDecryptionShare(int party, byte[] ciphertext, byte[] share) {
        return isParty(party)
                && ciphertext.length >= PLAINTEXT_AT
                && share.length == WORD
                && word(share, 0) == parties.get(party).decryption(ciphertext);
    }

    @Override
    public byte @Nullable [] decrypt(byte[] label, byte[] ciphertext, Map<Integer, byte[]> shares) {
        int used = 0;
        for (Map.Entry<Integer, byte[]> entry : shares.entrySet()) {
            if (!isDecryptionShare(entry.getKey(), ciphertext, entry.getValue())) {
                return null;
            }
            if (++used == threshold) {
                return isOf(sound, label, ciphertext)
                        ? Arrays.copyOfRange(ciphertext, PLAINTEXT_AT, ciphertext.length)
                        : null;
            }
        }
        return null;
    }

    private boolean isParty(int party) {
        return party >= 0 && party < size();
    }

    private static long word(byte[] bytes, int at) {
        return (long) WORDS.get(bytes, at);
    }

    private record Party(IdealThreshold keys, int party, KeyedHash signing, KeyedHash decrypting, KeyedHash seeds)
            implements ThresholdSecret {
        @Override
        public byte[] signatureShare(byte[] statement) {
            return signed(signing, keys.content.of(statement));
        }

        @Override
        public byte[] decryptionShare(byte[] ciphertext) {
            if (ciphertext.length < PLAINTEXT_AT) {
                throw new IllegalArgumentException("not a ciphertext; ask isCiphertext first");
            }
            byte[] share = new byte[WORD];
            WORDS.set(share, 0, decryption(ciphertext));
            return share;
        }

        private long decryption(byte[] ciphertext) {
            return decrypting.of(word(ciphertext, TAG_AT), 0);
        }

        @Override
        public byte[] seed(byte[] purpose) {
            byte[] seed = new byte[4 * WORD];
            long hash = seeds.of(purpose);
            for (int i = 0; i < 4; i++) {
                WORDS.set(seed, i * WORD, seeds.of(hash, i));
            }
            return seed;
        }

        @Override
        public String toString() {
            return "ideal secret share of party " + party;
        }
    }
}
