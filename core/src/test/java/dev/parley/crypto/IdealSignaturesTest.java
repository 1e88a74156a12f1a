package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class IdealSignaturesTest {
    private final IdealSignatures scheme = new IdealSignatures();
    private final Signer signer = scheme.signer(secret(1));

    @Test
    void is_deterministic_across_schemes() {
        Signer again = new IdealSignatures().signer(secret(1));

        assertThat(again.publicKey()).isEqualTo(signer.publicKey());
        assertThat(again.sign(new byte[50])).isEqualTo(signer.sign(new byte[50]));
    }

    @Test
    void knows_only_the_keys_that_were_made_in_it() {
        IdealSignatures other = new IdealSignatures();

        assertThat(other.verify(signer.publicKey(), new byte[5], signer.sign(new byte[5])))
                .isFalse();
        assertThatThrownBy(() -> other.requireAdmissible(signer.publicKey()))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("signer(secret)");
        scheme.requireAdmissible(signer.publicKey());
    }

    @Test
    void refuses_another_key_another_length_and_any_flipped_bit() {
        Signer other = scheme.signer(secret(2));
        byte[] statement = new byte[40];
        byte[] good = signer.sign(statement).toBytes();

        assertThat(scheme.verify(other.publicKey(), statement, new Signature(good)))
                .isFalse();
        for (int length = 0; length <= Signature.MAX_BYTES; length++) {
            assertThat(scheme.verify(signer.publicKey(), statement, new Signature(Arrays.copyOf(good, length))))
                    .isEqualTo(length == good.length);
        }
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(scheme.verify(signer.publicKey(), statement, new Signature(flipped)))
                    .isFalse();
        }
    }

    @Test
    void statements_of_zeros_differ_by_their_length() {
        Set<Signature> seen = new HashSet<>();
        for (int length = 0; length < 300; length++) {
            assertThat(seen.add(signer.sign(new byte[length]))).isTrue();
        }
    }

    @Test
    void each_bit_of_a_statement_changes_about_half_of_the_signature() {
        byte[] statement = new byte[100];
        byte[] good = signer.sign(statement).toBytes();
        for (int bit = 0; bit < 8 * statement.length; bit++) {
            byte[] flipped = statement.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            byte[] signature = signer.sign(flipped).toBytes();
            int changed = 0;
            for (int i = 0; i < good.length; i++) {
                changed += Integer.bitCount((good[i] ^ signature[i]) & 0xff);
            }

            // 64 of 128 on average; beyond 28 and 100 lie six standard deviations.
            assertThat(changed).as("bit %s", bit).isBetween(28, 100);
        }
    }

    @Property
    void what_was_signed_is_valid_and_nothing_else(
            @ForAll @Size(32) byte[] secret, @ForAll @Size(max = 80) byte[] one, @ForAll @Size(max = 80) byte[] other) {
        Signer any = scheme.signer(secret);

        assertThat(scheme.verify(any.publicKey(), one, any.sign(one))).isTrue();
        assertThat(scheme.verify(any.publicKey(), other, any.sign(one))).isEqualTo(Arrays.equals(one, other));
    }

    @Test
    void refuses_a_secret_of_another_length() {
        assertThatThrownBy(() -> scheme.signer(new byte[16]))
                .isInstanceOf(InvalidKeyException.class)
                .hasMessageContaining("not 16");
    }

    @Test
    void a_signer_shows_no_secret() {
        assertThat(signer).hasToString("signer of " + signer.publicKey());
    }

    private static byte[] secret(int number) {
        return Arrays.copyOf(new byte[] {(byte) number}, 32);
    }
}
