package dev.parley.network.secure;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SigningDomain;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * How two validators come to share a {@link Session}: each signs a fresh X25519 key, a fresh nonce, both names and, by the
 * {@link SigningDomain}, the chain, and the hash of its {@link ChainTerms}; the answer also signs the question. One round trip. Whoever later learns a validator's signing key can
 * read nothing of former sessions' keys from it. Thread-safe.
 *
 * <p>The side that answers must not believe that the other lives before a first frame with the new session's MAC has come: what it
 * answered may be a question that somebody recorded and asks again.
 */
final class Handshake {
    private static final Signature UNSIGNED = new Signature(new byte[0]);

    private final LinkIdentity own;
    private static final String HELLO = "link-hello";

    private final SigningDomain.Kind hello;
    private final SigningDomain.Kind welcome;
    private final byte[] terms;
    private final Digest termsHash;
    private final SecureRandom random;

    Handshake(LinkIdentity own, SecureRandom random) {
        this.own = own;
        this.hello = own.domain().kind(HELLO);
        this.welcome = own.domain().kind("link-welcome");
        this.terms = own.terms().toBytes();
        this.termsHash = Digest.sha256(terms);
        this.random = random;
    }

    /** A question that waits for its answer. */
    record Opening(Header.Hello hello, Digest hash, KeyShare share) {}

    /** The answer to a question, and the session if the question was fresh. */
    record Answer(Header.Welcome welcome, Session session) {}

    Opening open(ValidatorId peer, long incarnation, long firstSmall, long firstLarge) {
        KeyShare share = KeyShare.generate(random);
        Header.Hello unsigned = new Header.Hello(
                own.self(),
                peer,
                termsHash,
                incarnation,
                nonce(),
                share.publicBytes(),
                firstSmall,
                firstLarge,
                UNSIGNED);
        byte[] statement = statement(unsigned);
        Header.Hello signed = new Header.Hello(
                unsigned.from(),
                unsigned.to(),
                termsHash,
                incarnation,
                unsigned.nonce(),
                unsigned.ephemeral(),
                firstSmall,
                firstLarge,
                own.signer().sign(statement));
        return new Opening(signed, Digest.sha256(statement), share);
    }

    /** What goes beside a question. */
    byte[] terms() {
        return terms;
    }

    /** Whether the question's maker says that it has the same terms. */
    boolean hasSameTerms(Header.Hello question) {
        return question.terms().equals(termsHash);
    }

    /** Why a question is refused, or null; {@code from} must be in the set, and the terms the same: others sign other statements. */
    @Nullable LinkRefusal check(Header.Hello question) {
        return check(question.from(), question.to(), () -> statement(question), question.signature());
    }

    /** Why an answer is refused, or null; {@code from} must be in the set. */
    @Nullable LinkRefusal check(Header.Welcome answer) {
        return check(answer.from(), answer.to(), () -> statement(answer), answer.signature());
    }

    /** The answer to a checked question, or null if its key share gives no secret. */
    @Nullable Answer answer(Header.Hello question) {
        KeyShare share = KeyShare.generate(random);
        byte @Nullable [] secret = share.agree(question.ephemeral());
        if (secret == null) {
            return null;
        }
        Digest asked = Digest.sha256(statement(question));
        Header.Welcome unsigned =
                new Header.Welcome(own.self(), question.from(), asked, nonce(), share.publicBytes(), UNSIGNED);
        byte[] statement = statement(unsigned);
        Header.Welcome signed = new Header.Welcome(
                unsigned.from(),
                unsigned.to(),
                asked,
                unsigned.nonce(),
                unsigned.ephemeral(),
                own.signer().sign(statement));
        return new Answer(signed, Session.derive(secret, Digest.sha256(statement)));
    }

    /** The session, or null if the checked answer's key share gives no secret. */
    @Nullable Session complete(Opening opening, Header.Welcome answer) {
        byte @Nullable [] secret = opening.share().agree(answer.ephemeral());
        return secret == null ? null : Session.derive(secret, Digest.sha256(statement(answer)));
    }

    private @Nullable LinkRefusal check(
            ValidatorId from, ValidatorId to, java.util.function.Supplier<byte[]> statement, Signature signature) {
        if (!to.equals(own.self())) {
            return LinkRefusal.NOT_ADDRESSEE;
        }
        return own.scheme().verify(own.validators().key(from), statement.get(), signature)
                ? null
                : LinkRefusal.BAD_SIGNATURE;
    }

    /** What somebody of this domain has signed if it has asked this. */
    static byte[] statement(SigningDomain domain, Header.Hello question) {
        return statement(domain.kind(HELLO), question);
    }

    private byte[] statement(Header.Hello question) {
        return statement(hello, question);
    }

    private static byte[] statement(SigningDomain.Kind kind, Header.Hello question) {
        return kind.statement(192, out -> {
            out.i32(question.from().index()).i32(question.to().index());
            question.terms().write(out);
            question.nonce().write(out.i64(question.incarnation()));
            question.ephemeral().write(out);
            out.i64(question.firstSmall()).i64(question.firstLarge());
        });
    }

    /** Holds the hash of the question's statement, and so all that both sides said. */
    private byte[] statement(Header.Welcome answer) {
        return welcome.statement(192, out -> {
            BinaryWriter names = out.i32(answer.from().index()).i32(answer.to().index());
            answer.hello().write(names);
            answer.nonce().write(names);
            answer.ephemeral().write(names);
        });
    }

    private Digest nonce() {
        byte[] bytes = new byte[Digest.BYTES];
        random.nextBytes(bytes);
        return Digest.of(bytes);
    }
}
