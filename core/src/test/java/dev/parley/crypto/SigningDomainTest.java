package dev.parley.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SigningDomainTest {
    static Stream<SignatureScheme> schemes() {
        return Stream.of(Ed25519.fastest(), Ed25519.pureJava(), new IdealSignatures());
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void a_signature_is_valid_in_its_own_chain_epoch_and_kind_alone(SignatureScheme scheme) {
        Signer signer = scheme.signer(new byte[32]);
        Signature signature = signer.sign(statement("chain", 3, "vote", 7));

        assertThat(scheme.verify(signer.publicKey(), statement("chain", 3, "vote", 7), signature))
                .isTrue();
        assertThat(Stream.of(
                        statement("chain2", 3, "vote", 7),
                        statement("chain", 4, "vote", 7),
                        statement("chain", 3, "proposal", 7),
                        statement("chain", 3, "vote", 8)))
                .noneMatch(other -> scheme.verify(signer.publicKey(), other, signature));
    }

    @Property
    void no_two_places_share_a_statement(
            @ForAll @AlphaChars @StringLength(min = 1, max = 6) String chain,
            @ForAll @AlphaChars @StringLength(min = 1, max = 6) String otherChain,
            @ForAll @LongRange(min = 0, max = 2) long epoch,
            @ForAll @LongRange(min = 0, max = 2) long otherEpoch,
            @ForAll @AlphaChars @StringLength(max = 6) String kind,
            @ForAll @AlphaChars @StringLength(max = 6) String otherKind) {
        Assume.that(!chain.equals(otherChain) || epoch != otherEpoch || !kind.equals(otherKind));

        assertThat(statement(chain, epoch, kind, 1)).isNotEqualTo(statement(otherChain, otherEpoch, otherKind, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65})
    void refuses_a_chain_id_of_the_wrong_length(int length) {
        assertThatThrownBy(() -> new SigningDomain("c".repeat(length), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void refuses_a_negative_epoch(long epoch) {
        assertThatThrownBy(() -> new SigningDomain("chain", epoch)).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] statement(String chain, long epoch, String kind, long content) {
        return new SigningDomain(chain, epoch).kind(kind).statement(out -> out.i64(content));
    }
}
