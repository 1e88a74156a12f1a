package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class Ed25519AgreementTest {
    private final Ed25519 fastest = Ed25519.fastest();
    private final Ed25519 pureJava = Ed25519.pureJava();

    @Property(tries = 200)
    void both_libraries_sign_alike_and_verify_each_other(
            @ForAll @Size(32) byte[] secret, @ForAll @Size(max = 300) byte[] statement) {
        Signer one = fastest.signer(secret);
        Signer other = pureJava.signer(secret);
        Signature signature = one.sign(statement);

        assertThat(other.publicKey()).isEqualTo(one.publicKey());
        assertThat(other.sign(statement)).isEqualTo(signature);
        assertThat(fastest.verify(one.publicKey(), statement, signature)).isTrue();
        assertThat(pureJava.verify(one.publicKey(), statement, signature)).isTrue();
    }

    @Property(tries = 200)
    void both_libraries_refuse_what_was_changed(
            @ForAll @Size(32) byte[] secret,
            @ForAll @Size(min = 1, max = 100) byte[] statement,
            @ForAll @IntRange(min = 0, max = 511) int bit) {
        Signer signer = pureJava.signer(secret);
        Signature signature = signer.sign(statement);
        byte[] otherSignature = signature.toBytes();
        otherSignature[bit / 8] ^= (byte) (1 << bit % 8);
        byte[] otherStatement = statement.clone();
        otherStatement[bit / 8 % statement.length] ^= (byte) (1 << bit % 8);

        for (Ed25519 scheme : new Ed25519[] {fastest, pureJava}) {
            assertThat(scheme.verify(signer.publicKey(), statement, new Signature(otherSignature)))
                    .isFalse();
            assertThat(scheme.verify(signer.publicKey(), otherStatement, signature))
                    .isFalse();
        }
    }

    @Property
    void both_libraries_say_the_same_about_any_bytes(
            @ForAll @Size(32) byte[] key,
            @ForAll @Size(64) byte[] signature,
            @ForAll @Size(max = 20) byte[] statement) {
        assertThat(admits(fastest, new PublicKey(key))).isEqualTo(admits(pureJava, new PublicKey(key)));
        assertThat(fastest.verify(new PublicKey(key), statement, new Signature(signature)))
                .isEqualTo(pureJava.verify(new PublicKey(key), statement, new Signature(signature)));
    }

    private static boolean admits(SignatureScheme scheme, PublicKey key) {
        try {
            scheme.requireAdmissible(key);
            return true;
        } catch (InvalidKeyException e) {
            return false;
        }
    }
}
