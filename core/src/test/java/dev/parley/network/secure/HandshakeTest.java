package dev.parley.network.secure;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeTest {
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final Digest BODY = Digest.sha256(new byte[] {1});

    private final TestIdentities identities = new TestIdentities();
    private final SecureRandom random = new SecureRandom();
    private final Handshake v0 = new Handshake(identities.of(0), random);
    private final Handshake v1 = new Handshake(identities.of(1), random);

    @Test
    void both_sides_come_to_the_same_keys() {
        Handshake.Opening opening = v0.open(V1, 7, 1, 1);
        assertThat(v1.check(opening.hello())).isNull();
        Handshake.Answer answer = requireNonNull(v1.answer(opening.hello()));
        assertThat(v0.check(answer.welcome())).isNull();
        Session session = requireNonNull(v0.complete(opening, answer.welcome()));
        byte[] header = new byte[100];
        assertThat(session.id()).isEqualTo(answer.session().id());
        assertThat(session.frameMac(header, BODY))
                .isEqualTo(answer.session().frameMac(header, BODY))
                .isNotEqualTo(session.frameMac(header, Digest.ZERO));
        assertThat(session.ackMac(header))
                .isEqualTo(answer.session().ackMac(header))
                .isNotEqualTo(session.frameMac(header, BODY));
    }

    @Test
    void a_question_that_is_asked_twice_gives_sessions_that_have_nothing_in_common() {
        Handshake.Opening opening = v0.open(V1, 7, 1, 1);
        Handshake.Answer one = requireNonNull(v1.answer(opening.hello()));
        Handshake.Answer other = requireNonNull(v1.answer(opening.hello()));
        assertThat(one.session().id()).isNotEqualTo(other.session().id());
    }

    @Test
    void other_terms_another_addressee_and_another_key_are_told_apart() {
        Handshake foreign = new Handshake(identities.of(0, "another"), random);
        Handshake impostor = new Handshake(new TestIdentities().of(0), random);
        assertThat(v1.hasSameTerms(foreign.open(V1, 7, 1, 1).hello())).isFalse();
        assertThat(v1.hasSameTerms(v0.open(V1, 7, 1, 1).hello())).isTrue();
        assertThat(v1.check(v0.open(new ValidatorId(2), 7, 1, 1).hello())).isEqualTo(LinkRefusal.NOT_ADDRESSEE);
        assertThat(v1.check(impostor.open(V1, 7, 1, 1).hello())).isEqualTo(LinkRefusal.BAD_SIGNATURE);
    }

    @Test
    void nothing_that_was_signed_can_be_changed() throws MalformedException {
        byte[] hello = v0.open(V1, 7, 1, 1).hello().toBytes();
        for (int i = 1; i < hello.length; i++) {
            byte[] changed = hello.clone();
            changed[i] ^= 1;
            Header read;
            try {
                read = Header.read(changed);
            } catch (MalformedException e) {
                continue;
            }
            if (identities.of(1).validators().contains(read.from())) {
                assertThat(v1.check((Header.Hello) read)).as("byte %d", i).isNotNull();
            }
        }
    }

    @Test
    void key_shares_of_small_order_are_refused() {
        Header.Hello hello = v0.open(V1, 7, 1, 1).hello();
        byte[] one = new byte[32];
        one[0] = 1;
        for (Digest weak : List.of(Digest.ZERO, Digest.of(one))) {
            assertThat(v1.answer(new Header.Hello(
                            hello.from(),
                            hello.to(),
                            hello.terms(),
                            hello.incarnation(),
                            hello.nonce(),
                            weak,
                            1,
                            1,
                            hello.signature())))
                    .isNull();
        }
    }

    @Test
    void headers_have_one_form_and_all_others_are_refused() throws MalformedException {
        Handshake.Opening opening = v0.open(V1, 7, 3, 4);
        Handshake.Answer answer = requireNonNull(v1.answer(opening.hello()));
        List<Header> headers = List.of(
                opening.hello(),
                answer.welcome(),
                new Header.Data(V1, -5, Channel.LARGE, 1, 2, BODY),
                new Header.Ack(V1, 9, 1, 2, 3, true, false, BODY),
                new Header.UnknownSession(V1, Long.MIN_VALUE));
        for (Header header : headers) {
            byte[] bytes = header.toBytes();
            assertThat(bytes.length).isLessThanOrEqualTo(Datagram.MAX_HEADER_BYTES);
            assertThat(Header.read(bytes)).isEqualTo(header);
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> Header.read(cut)).isInstanceOf(MalformedException.class);
            }
            assertThatThrownBy(() -> Header.read(Arrays.copyOf(bytes, bytes.length + 1)))
                    .isInstanceOf(MalformedException.class);
            for (int i = 0; i < bytes.length; i++) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] changed = bytes.clone();
                    changed[i] ^= (byte) (1 << bit);
                    try {
                        assertThat(Header.read(changed).toBytes()).isEqualTo(changed);
                    } catch (MalformedException e) {
                        assertThat(e).hasMessageMatching("(?s).+");
                    }
                }
            }
        }
    }

    @Test
    void a_number_that_could_overflow_and_an_empty_signature_are_no_trouble() {
        assertThatThrownBy(
                        () -> Header.read(new Header.Data(V1, 1, Channel.SMALL, Header.MAX_NUMBER, 1, BODY).toBytes()))
                .isInstanceOf(MalformedException.class);
        Header.Hello hello = v0.open(V1, 7, 1, 1).hello();
        assertThat(v1.check(new Header.Hello(
                        hello.from(),
                        hello.to(),
                        hello.terms(),
                        7,
                        hello.nonce(),
                        hello.ephemeral(),
                        1,
                        1,
                        new Signature(new byte[0]))))
                .isEqualTo(LinkRefusal.BAD_SIGNATURE);
    }
}
