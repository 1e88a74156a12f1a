package dev.parley.crypto.threshold;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every kind of threshold cryptography keeps. */
abstract class ThresholdContract {
    static final byte[] STATEMENT = text("the coin of round 7");
    static final byte[] LABEL = text("height 3, party 1");
    static final byte[] PLAINTEXT = text("a batch of commands that nobody may read before it is ordered");
    private static final byte[] SEED = text("a seed of thirty-two bytes or so");

    abstract List<ThresholdSetup> deal(int n, int threshold, long seed);

    /** Admitted for {@link #LABEL}, and of no plaintext. */
    abstract byte[] garbage(ThresholdKeys keys);

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 2", "7, 3"})
    void every_subset_of_threshold_parties_combines_to_the_same_signature(int n, int threshold) {
        List<ThresholdSetup> setups = deal(n, threshold, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        assertThat(keys.size()).isEqualTo(n);
        assertThat(keys.threshold()).isEqualTo(threshold);
        List<byte[]> shares = all(setups, secret -> secret.signatureShare(STATEMENT));

        Set<String> signatures = new HashSet<>();
        for (Map<Integer, byte[]> chosen : subsets(shares, threshold)) {
            byte[] signature = requireNonNull(keys.combineSignature(chosen));
            signatures.add(Arrays.toString(signature));
            assertThat(keys.isSignature(STATEMENT, signature)).isTrue();
            assertThat(keys.isSignature(text("another"), signature)).isFalse();
        }
        assertThat(signatures).hasSize(1);
        for (Map<Integer, byte[]> tooFew : subsets(shares, threshold - 1)) {
            assertThat(keys.combineSignature(tooFew)).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 2", "7, 3"})
    void every_subset_of_threshold_parties_decrypts(int n, int threshold) {
        List<ThresholdSetup> setups = deal(n, threshold, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        byte[] ciphertext = keys.encrypt(LABEL, PLAINTEXT, SEED);
        List<byte[]> shares = all(setups, secret -> secret.decryptionShare(ciphertext));

        assertThat(keys.isCiphertext(LABEL, ciphertext)).isTrue();
        for (Map<Integer, byte[]> chosen : subsets(shares, threshold)) {
            assertThat(keys.decrypt(LABEL, ciphertext, chosen)).isEqualTo(PLAINTEXT);
        }
        for (Map<Integer, byte[]> tooFew : subsets(shares, threshold - 1)) {
            assertThat(keys.decrypt(LABEL, ciphertext, tooFew)).isNull();
        }
    }

    @Test
    void a_party_s_own_signature_share_is_told_from_every_other_one() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        for (ThresholdSetup setup : setups) {
            byte[] share = setup.secret().signatureShare(STATEMENT);
            for (int party = -1; party <= 4; party++) {
                assertThat(keys.isSignatureShare(party, STATEMENT, share))
                        .isEqualTo(party == setup.secret().party());
            }
            assertThat(keys.isSignatureShare(setup.secret().party(), text("another"), share))
                    .isFalse();
            assertThat(keys.isSignature(STATEMENT, share)).isFalse();
        }
        byte[] foreign = deal(4, 2, 2).getFirst().secret().signatureShare(STATEMENT);
        assertThat(keys.isSignatureShare(0, STATEMENT, foreign)).isFalse();
    }

    @Test
    void a_party_s_own_decryption_share_is_told_from_every_other_one() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        byte[] ciphertext = keys.encrypt(LABEL, PLAINTEXT, SEED);
        byte[] another = keys.encrypt(LABEL, PLAINTEXT, text("another seed"));
        for (ThresholdSetup setup : setups) {
            byte[] share = setup.secret().decryptionShare(ciphertext);
            for (int party = -1; party <= 4; party++) {
                assertThat(keys.isDecryptionShare(party, ciphertext, share))
                        .isEqualTo(party == setup.secret().party());
            }
            assertThat(keys.isDecryptionShare(setup.secret().party(), another, share))
                    .isFalse();
        }
        byte[] foreign = deal(4, 2, 2).getFirst().secret().decryptionShare(ciphertext);
        assertThat(keys.isDecryptionShare(0, ciphertext, foreign)).isFalse();
    }

    @Test
    void wrong_duplicate_and_foreign_shares_give_no_signature() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        byte[] right = setups.get(0).secret().signatureShare(STATEMENT);
        List<byte[]> wrong = List.of(
                right,
                setups.get(1).secret().signatureShare(text("another")),
                deal(4, 2, 2).get(1).secret().signatureShare(STATEMENT),
                new byte[0],
                new byte[right.length]);
        for (byte[] share : wrong) {
            byte[] combined = keys.combineSignature(inOrder(Map.of(0, right, 1, share)));
            assertThat(combined == null || !keys.isSignature(STATEMENT, combined))
                    .isTrue();
        }
        assertThat(keys.combineSignature(inOrder(Map.of(-1, right, 0, right)))).isNull();
        assertThat(keys.combineSignature(inOrder(Map.of(4, right, 5, right)))).isNull();
    }

    @Test
    void wrong_duplicate_and_foreign_shares_decrypt_nothing() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        byte[] ciphertext = keys.encrypt(LABEL, PLAINTEXT, SEED);
        byte[] another = keys.encrypt(LABEL, PLAINTEXT, text("another seed"));
        byte[] right = setups.get(0).secret().decryptionShare(ciphertext);
        List<byte[]> wrong = List.of(
                right,
                setups.get(1).secret().decryptionShare(another),
                deal(4, 2, 2).get(1).secret().decryptionShare(ciphertext),
                new byte[0],
                new byte[right.length]);
        for (byte[] share : wrong) {
            assertThat(keys.decrypt(LABEL, ciphertext, inOrder(Map.of(0, right, 1, share))))
                    .isNull();
        }
        assertThat(keys.decrypt(LABEL, ciphertext, inOrder(Map.of(4, right, 5, right))))
                .isNull();
    }

    @Test
    void shares_beyond_the_threshold_are_not_used() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        Map<Integer, byte[]> shares = new LinkedHashMap<>();
        shares.put(3, setups.get(3).secret().signatureShare(STATEMENT));
        shares.put(1, setups.get(1).secret().signatureShare(STATEMENT));
        shares.put(2, new byte[5]);

        byte[] signature = requireNonNull(keys.combineSignature(shares));
        assertThat(keys.isSignature(STATEMENT, signature)).isTrue();
    }

    @Test
    void a_ciphertext_is_refused_under_another_label() {
        ThresholdKeys keys = deal(4, 2, 1).getFirst().keys();
        byte[] ciphertext = keys.encrypt(LABEL, PLAINTEXT, SEED);

        assertThat(keys.isCiphertext(text("height 4, party 1"), ciphertext)).isFalse();
        assertThat(keys.isCiphertext(new byte[0], ciphertext)).isFalse();
    }

    @Test
    void every_mauled_ciphertext_is_refused_and_gives_no_other_plaintext() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        byte[] ciphertext = keys.encrypt(LABEL, PLAINTEXT, SEED);
        Map<Integer, byte[]> shares = subsets(all(setups, secret -> secret.decryptionShare(ciphertext)), 2)
                .getFirst();

        mutations(ciphertext, mauled -> {
            assertThat(keys.isCiphertext(LABEL, mauled)).isFalse();
            // What was not admitted may decrypt, to nothing but what its maker put in.
            assertThat(keys.decrypt(LABEL, mauled, shares)).isIn(null, PLAINTEXT);
            keys.isDecryptionShare(0, mauled, requireNonNull(shares.get(0)));
        });
    }

    @Test
    void every_mutated_share_and_signature_is_refused_without_an_exception() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        byte[] ciphertext = keys.encrypt(LABEL, PLAINTEXT, SEED);
        List<byte[]> signing = all(setups, secret -> secret.signatureShare(STATEMENT));
        List<byte[]> decrypting = all(setups, secret -> secret.decryptionShare(ciphertext));
        byte[] signature =
                requireNonNull(keys.combineSignature(subsets(signing, 2).getFirst()));

        mutations(
                signature,
                mutated -> assertThat(keys.isSignature(STATEMENT, mutated)).isFalse());
        mutations(signing.getFirst(), mutated -> {
            assertThat(keys.isSignatureShare(0, STATEMENT, mutated)).isFalse();
            byte[] combined = keys.combineSignature(inOrder(Map.of(0, mutated, 1, signing.get(1))));
            assertThat(combined == null || !keys.isSignature(STATEMENT, combined))
                    .isTrue();
        });
        mutations(decrypting.getFirst(), mutated -> {
            assertThat(keys.isDecryptionShare(0, ciphertext, mutated)).isFalse();
            assertThat(keys.decrypt(LABEL, ciphertext, inOrder(Map.of(0, mutated, 1, decrypting.get(1)))))
                    .isNull();
        });
    }

    @Test
    void garbage_is_null_to_everybody_and_its_shares_are_right() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        byte[] ciphertext = garbage(keys);
        List<byte[]> shares = all(setups, secret -> secret.decryptionShare(ciphertext));

        assertThat(keys.isCiphertext(LABEL, ciphertext)).isTrue();
        for (int party = 0; party < 4; party++) {
            assertThat(keys.isDecryptionShare(party, ciphertext, shares.get(party)))
                    .isTrue();
        }
        for (Map<Integer, byte[]> chosen : subsets(shares, 2)) {
            assertThat(keys.decrypt(LABEL, ciphertext, chosen)).isNull();
        }
    }

    @Test
    void the_same_arguments_give_the_same_ciphertext_and_any_other_another_one() {
        ThresholdKeys keys = deal(4, 2, 1).getFirst().keys();
        byte[] ciphertext = keys.encrypt(LABEL, PLAINTEXT, SEED);

        assertThat(keys.encrypt(LABEL, PLAINTEXT, SEED)).isEqualTo(ciphertext);
        assertThat(keys.encrypt(LABEL, PLAINTEXT, text("other"))).isNotEqualTo(ciphertext);
        assertThat(keys.encrypt(text("other"), PLAINTEXT, SEED)).isNotEqualTo(ciphertext);
        assertThat(keys.encrypt(LABEL, text("other"), SEED)).isNotEqualTo(ciphertext);
    }

    @Test
    void an_empty_plaintext_and_an_empty_label_are_as_good_as_any() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        ThresholdKeys keys = setups.getFirst().keys();
        byte[] ciphertext = keys.encrypt(new byte[0], new byte[0], SEED);

        assertThat(keys.isCiphertext(new byte[0], ciphertext)).isTrue();
        assertThat(keys.decrypt(
                        new byte[0],
                        ciphertext,
                        subsets(all(setups, secret -> secret.decryptionShare(ciphertext)), 2)
                                .getFirst()))
                .isEmpty();
    }

    @Test
    void seeds_differ_by_party_and_purpose_and_repeat() {
        List<ThresholdSetup> setups = deal(4, 2, 1);
        Set<String> seeds = new HashSet<>();
        for (ThresholdSetup setup : setups) {
            for (int purpose = 0; purpose < 4; purpose++) {
                byte[] seed = setup.secret().seed(new byte[purpose]);
                assertThat(seed).hasSize(32).isEqualTo(setup.secret().seed(new byte[purpose]));
                seeds.add(Arrays.toString(seed));
            }
        }
        assertThat(seeds).hasSize(16);
    }

    @Test
    void no_secret_is_printed() {
        ThresholdSetup setup = deal(4, 2, 1).getFirst();

        assertThat(setup.secret().toString()).contains("party 0").hasSizeLessThan(60);
    }

    /** Each byte changed in one bit, each shorter length, more bytes, and bytes of no meaning. */
    private static void mutations(byte[] bytes, Consumer<byte[]> refused) {
        Random random = new Random(1);
        for (int at = 0; at < bytes.length; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            refused.accept(flipped);
            refused.accept(Arrays.copyOf(bytes, at));
        }
        for (int bit = 0; bit < 8; bit++) { // Compressed points have their flags in the first byte.
            byte[] flipped = bytes.clone();
            flipped[0] ^= (byte) (1 << bit);
            refused.accept(flipped);
        }
        refused.accept(Arrays.copyOf(bytes, bytes.length + 1));
        refused.accept(new byte[bytes.length]);
        byte[] identity = new byte[bytes.length];
        identity[0] = (byte) 0xc0;
        refused.accept(identity);
        byte[] noise = new byte[bytes.length];
        random.nextBytes(noise);
        refused.accept(noise);
    }

    private static List<byte[]> all(List<ThresholdSetup> setups, Function<ThresholdSecret, byte[]> share) {
        return setups.stream().map(setup -> share.apply(setup.secret())).toList();
    }

    private static Map<Integer, byte[]> inOrder(Map<Integer, byte[]> shares) {
        return new TreeMap<>(shares);
    }

    static List<Map<Integer, byte[]>> subsets(List<byte[]> shares, int size) {
        List<Map<Integer, byte[]>> subsets = new ArrayList<>();
        for (int members = 0; members < 1 << shares.size(); members++) {
            if (Integer.bitCount(members) == size) {
                Map<Integer, byte[]> subset = new LinkedHashMap<>();
                for (int party = 0; party < shares.size(); party++) {
                    if ((members >> party & 1) != 0) {
                        subset.put(party, shares.get(party));
                    }
                }
                subsets.add(subset);
            }
        }
        return subsets;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
