package dev.parley.crypto.threshold;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crypto.InvalidKeyException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import supranational.blst.BLST_ERROR;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2_Affine;
import supranational.blst.Scalar;

final class BlsThresholdTest extends ThresholdContract {
    private static final String CHAIN = "test";
    private static final Scalar R = BlsCurve.scalar(BigInteger.TEN);

    private final ThresholdDealer.Dealt dealt = ThresholdDealer.deal(CHAIN, 4, 2, new Random(5));
    private final BlsKeys keys = dealt.keys();
    private final byte[] publicForm = keys.toBytes();
    /** Where the points begin: after two texts with their lengths, and n and the threshold. */
    private final int pointsAt = 4 + "parley-threshold-keys-v1".length() + 4 + CHAIN.length() + 2;

    @Override
    List<ThresholdSetup> deal(int n, int threshold, long seed) {
        return ThresholdDealer.deal(CHAIN, n, threshold, new Random(seed)).setups();
    }

    @Override
    byte[] garbage(ThresholdKeys keys) {
        // The salt gives another r, as it does to whoever does not follow the protocol.
        return ((BlsKeys) keys).seal(R, ((BlsKeys) keys).encryption().mult(R), LABEL, new byte[32], PLAINTEXT);
    }

    @Test
    void what_is_written_is_read_and_works() {
        BlsKeys read = BlsKeys.read(publicForm, CHAIN);
        assertThat(read.toBytes()).isEqualTo(publicForm);
        for (BlsSecret secret : dealt.secrets()) {
            BlsSecret again = BlsSecret.read(secret.toBytes(), read);
            assertThat(again.toBytes()).isEqualTo(secret.toBytes());
            assertThat(read.isSignatureShare(secret.party(), STATEMENT, again.signatureShare(STATEMENT)))
                    .isTrue();
        }
    }

    @Test
    void a_signature_is_an_ordinary_bls_signature_to_the_library() {
        List<byte[]> shares = dealt.secrets().stream()
                .map(secret -> secret.signatureShare(STATEMENT))
                .toList();
        byte[] signature =
                requireNonNull(keys.combineSignature(subsets(shares, 2).getFirst()));
        P2_Affine key = new P2_Affine(Arrays.copyOfRange(publicForm, pointsAt, pointsAt + BlsCurve.G2_BYTES));

        assertThat(new P1_Affine(signature).core_verify(key, true, STATEMENT, BlsKeys.SIGNATURE_DOMAIN))
                .isEqualTo(BLST_ERROR.BLST_SUCCESS);
    }

    @Test
    void keys_of_every_threshold_are_consistent() {
        for (int threshold = 1; threshold <= 5; threshold++) {
            byte[] form = ThresholdDealer.deal(CHAIN, 5, threshold, new Random(1))
                    .keys()
                    .toBytes();
            assertThat(BlsKeys.read(form, CHAIN).threshold()).isEqualTo(threshold);
        }
    }

    @Test
    void impossible_committees_are_refused() {
        for (int[] sizes : new int[][] {{0, 0}, {4, 0}, {4, 5}, {256, 2}, {-1, -1}}) {
            refused(() -> ThresholdDealer.deal(CHAIN, sizes[0], sizes[1], new Random(1)), "not ");
        }
        refused(() -> BlsKeys.read(with(publicForm, pointsAt - 2, 0), CHAIN), "1 to 255 parties, not 0");
        refused(() -> BlsKeys.read(with(publicForm, pointsAt - 1, 0), CHAIN), "1 to 4, not 0");
        refused(() -> BlsKeys.read(with(publicForm, pointsAt - 1, 5), CHAIN), "1 to 4, not 5");
    }

    @Test
    void keys_of_another_chain_are_refused() {
        refused(() -> BlsKeys.read(publicForm, "other"), "for the chain 'test' and not for 'other'");
        BlsKeys other = ThresholdDealer.deal("other", 4, 2, new Random(5)).keys();
        refused(() -> BlsSecret.read(dealt.secrets().getFirst().toBytes(), other), "for the chain 'test'");
    }

    @Test
    void damaged_keys_are_refused() {
        for (int length = 0; length < publicForm.length; length += 7) {
            byte[] shorter = Arrays.copyOf(publicForm, length);
            refused(() -> BlsKeys.read(shorter, CHAIN), "");
        }
        refused(() -> BlsKeys.read(Arrays.copyOf(publicForm, publicForm.length + 1), CHAIN), "bytes follow");
        for (int at = 0; at < publicForm.length; at += 5) {
            byte[] flipped = with(publicForm, at, publicForm[at] ^ 4);
            refused(() -> BlsKeys.read(flipped, CHAIN), "");
        }
    }

    @Test
    void the_identity_and_points_outside_the_subgroup_are_refused() {
        byte[] identity = publicForm.clone();
        Arrays.fill(identity, pointsAt + 96, pointsAt + 2 * 96, (byte) 0);
        identity[pointsAt + 96] = (byte) 0xc0;
        refused(() -> BlsKeys.read(identity, CHAIN), "signature key of party 0 is not on the curve");

        // The point of G1's curve with x = 4, which is on the curve but, as most, not in the subgroup.
        byte[] outside = new byte[48];
        outside[0] = (byte) 0x80;
        outside[47] = 4;
        assertThat(new P1_Affine(outside).on_curve()).isTrue();
        assertThat(new P1_Affine(outside).in_group()).isFalse();
        assertThat(BlsCurve.decodeG1(outside)).isNull();
        byte[] form = publicForm.clone();
        System.arraycopy(outside, 0, form, form.length - 48, 48);
        refused(() -> BlsKeys.read(form, CHAIN), "encryption key is not on the curve");
    }

    @Test
    void keys_that_do_not_belong_together_are_refused() {
        byte[] other = ThresholdDealer.deal(CHAIN, 4, 2, new Random(6)).keys().toBytes();
        for (int point = 0; point < 10; point++) {
            byte[] mixed = publicForm.clone();
            System.arraycopy(other, pointsAt + 96 * point, mixed, pointsAt + 96 * point, 96);
            refused(() -> BlsKeys.read(mixed, CHAIN), "do not belong together");
        }
        byte[] mixed = publicForm.clone();
        System.arraycopy(other, mixed.length - 48, mixed, mixed.length - 48, 48);
        refused(() -> BlsKeys.read(mixed, CHAIN), "do not belong together");
        refused(() -> BlsKeys.read(with(publicForm, pointsAt - 1, 1), CHAIN), "do not belong together");
    }

    @Test
    void a_secret_share_that_is_damaged_or_another_party_s_is_refused_and_not_told() {
        byte[] form = dealt.secrets().get(1).toBytes();
        int partyAt = form.length - 65;
        refused(() -> BlsSecret.read(with(form, partyAt, 2), keys), "does not belong to the public keys");
        refused(() -> BlsSecret.read(with(form, partyAt, 4), keys), "party 4's");
        for (int at = 0; at < form.length; at++) {
            byte[] flipped = with(form, at, form[at] ^ 1);
            byte[] shorter = Arrays.copyOf(form, at);
            refused(() -> BlsSecret.read(flipped, keys), "");
            refused(() -> BlsSecret.read(shorter, keys), "");
        }
        byte[] zero = form.clone();
        Arrays.fill(zero, partyAt + 1, zero.length, (byte) 0);
        refused(() -> BlsSecret.read(zero, keys), "does not belong");
        byte[] large = form.clone();
        Arrays.fill(large, partyAt + 1, large.length, (byte) 0xff);
        assertThatThrownBy(() -> BlsSecret.read(large, keys))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageNotContaining(HexFormat.of().formatHex(large, partyAt + 1, partyAt + 9));
    }

    /** AES-GCM opens with what its maker likes: without a check of K, who reads with the wrong share would read something else. */
    @Test
    void a_ciphertext_for_the_key_that_a_wrong_share_leads_to_is_nothing_to_anybody() {
        byte[] salt = new byte[32];
        Scalar r = BlsKeys.randomness(salt, LABEL, PLAINTEXT);
        Scalar lagrange = BlsCurve.scalar(Shamir.coefficients(List.of(0, 1)).getFirst());
        P1 wrongK = keys.encryption().mult(r).add(P1.generator().mult(lagrange));
        byte[] ciphertext = keys.seal(r, wrongK, LABEL, salt, PLAINTEXT);
        List<byte[]> right = dealt.secrets().stream()
                .map(secret -> secret.decryptionShare(ciphertext))
                .toList();
        byte[] wrong = new P1(right.getFirst()).add(P1.generator()).compress();

        assertThat(keys.isCiphertext(LABEL, ciphertext)).isTrue();
        for (Map<Integer, byte[]> chosen : subsets(right, 2)) {
            assertThat(keys.decrypt(LABEL, ciphertext, chosen)).isNull();
        }
        assertThat(keys.decrypt(
                        LABEL,
                        ciphertext,
                        subsets(List.of(wrong, right.get(1)), 2).getFirst()))
                .isNull();
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static void refused(ThrowingCallable read, String message) {
        assertThatThrownBy(read).isInstanceOf(InvalidKeyException.class).hasMessageContaining(message);
    }
}
