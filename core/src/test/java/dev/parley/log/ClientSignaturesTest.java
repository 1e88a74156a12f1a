package dev.parley.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A command is its session's, or nobody's. */
class ClientSignaturesTest {
    private static final byte[] CONTENT = {1, 2, 3};

    private final AtomicInteger verified = new AtomicInteger();
    private final SignatureScheme scheme = new Counting(Ed25519.fastest(), verified);
    private final ClientSignatures signatures = new ClientSignatures(scheme, new SigningDomain("chain", 0));
    private final Signer session = KeyPair.generate(new SecureRandom()).signer(Ed25519.fastest());
    private final Command signed = signatures.sign(session, 7, 1, 1000, CONTENT);

    private record Counting(SignatureScheme of, AtomicInteger verified) implements SignatureScheme {
        @Override
        public String name() {
            return of.name();
        }

        @Override
        public boolean verify(dev.parley.crypto.PublicKey key, byte[] statement, Signature signature) {
            verified.incrementAndGet();
            return of.verify(key, statement, signature);
        }

        @Override
        public void requireAdmissible(dev.parley.crypto.PublicKey key) {
            of.requireAdmissible(key);
        }

        @Override
        public Signer signer(byte[] secret) {
            return of.signer(secret);
        }
    }

    private static byte[] bytes(Command command) {
        BinaryWriter out = new BinaryWriter();
        command.write(out);
        return out.toByteArray();
    }

    private static Command read(byte[] bytes) throws MalformedException {
        BinaryReader in = new BinaryReader(bytes);
        Command command = Command.read(in);
        in.end();
        return command;
    }

    private static ClientProof proof(Command command) {
        return Objects.requireNonNull(command.proof());
    }

    @Test
    void a_signed_command_is_authentic_wherever_it_was_sent() throws Exception {
        byte[] bytes = bytes(signed);
        assertThat(bytes).hasSize(signed.sizeBytes());
        Command arrived = read(bytes);
        assertThat(arrived).isEqualTo(signed);
        assertThat(signatures.isAuthentic(arrived)).isTrue();
        assertThat(arrived.id().client().isOfKey()).isTrue();
        assertThat(new ClientSignatures(scheme, new SigningDomain("another", 0)).isAuthentic(read(bytes)))
                .as("on another chain")
                .isFalse();
    }

    @Test
    void nothing_of_it_can_be_changed_and_its_proof_not_left_away() throws Exception {
        CommandId id = signed.id();
        for (Command forged : new Command[] {
            new Command(id, 1, 1000, CONTENT),
            new Command(id, 1, 1000, new byte[] {1, 2, 4}).with(proof(signed)),
            new Command(id, 1, 1001, CONTENT).with(proof(signed)),
            new Command(id, 2, 1000, CONTENT).with(proof(signed)),
            new Command(new CommandId(id.client(), 8), 1, 1000, CONTENT).with(proof(signed)),
            new Command(id, 1, 1000, CONTENT).with(new ClientProof(proof(signed).key(), new Signature(new byte[64]))),
            new Command(id, 1, 1000, CONTENT).with(new ClientProof(proof(signed).key(), new Signature(new byte[3]))),
        }) {
            assertThat(signatures.isAuthentic(signed)).isTrue();
            assertThat(signatures.isAuthentic(forged)).isFalse();
            assertThat(signatures.isAuthentic(forged)).isFalse();
            assertThat(signatures.isAuthentic(read(bytes(forged))))
                    .as("sent again")
                    .isFalse();
        }
    }

    @Test
    void a_key_signs_for_its_own_session_alone() {
        Signer other = KeyPair.generate(new SecureRandom()).signer(Ed25519.fastest());
        Command stolen = new Command(signed.id(), 1, 1000, CONTENT);
        ClientProof thiefs = new ClientProof(other.publicKey(), other.sign(signatures.statement(stolen)));
        assertThat(signatures.isAuthentic(stolen.with(thiefs))).isFalse();
        ClientId drawn = ClientId.random(new SecureRandom());
        Command without = new Command(new CommandId(drawn, 7), 1, 1000, CONTENT);
        assertThat(signatures.isAuthentic(without)).isTrue();
        assertThat(signatures.isAuthentic(without.with(proof(signed)))).isFalse();
    }

    @Test
    void a_signature_is_verified_once_for_a_command_and_for_those_that_equal_it() throws Exception {
        assertThat(signatures.isAuthentic(signed)).isTrue();
        assertThat(signatures.isAuthentic(signed)).isTrue();
        assertThat(verified).hasValue(1);
        assertThat(signatures.isAuthentic(read(bytes(signed)))).isTrue();
        assertThat(verified).hasValue(1);
        Command forged = new Command(signed.id(), 1, 1000, new byte[1]).with(proof(signed));
        assertThat(signatures.isAuthentic(forged)).isFalse();
        assertThat(signatures.isAuthentic(forged)).isFalse();
        assertThat(verified).hasValue(2);
    }

    @Test
    void bytes_that_are_cut_off_or_of_no_lane_are_refused() {
        byte[] bytes = bytes(signed);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(MalformedException.class);
        }
        byte[] lane = bytes.clone();
        lane[24] |= 0x40;
        assertThatThrownBy(() -> read(lane)).isInstanceOf(MalformedException.class);
    }
}
