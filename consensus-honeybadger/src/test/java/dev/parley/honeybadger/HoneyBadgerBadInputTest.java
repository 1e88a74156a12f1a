package dev.parley.honeybadger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.MerkleTree;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SigningDomain;
import dev.parley.crypto.threshold.ThresholdDealer;
import dev.parley.crypto.threshold.ThresholdKeys;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.HoneyBadgerMessage.Vote;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Echo;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Val;
import dev.parley.honeybadger.broadcast.ReliableBroadcast;
import dev.parley.honeybadger.broadcast.Shard;
import dev.parley.honeybadger.erasure.ReedSolomon;
import dev.parley.log.CommandPayloads;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What strangers may send that is wrong, and the typed refusal of each: one test for each entry of the list. */
class HoneyBadgerBadInputTest {
    private static final String CHAIN = "test";
    private static final SigningDomain DOMAIN = new SigningDomain(CHAIN, 0);
    private static final HoneyBadgerProtocol PROTOCOL = new HoneyBadgerProtocol(new HoneyBadgerSettings(64, 1 << 10));
    private static final int MAX_SHARD_BYTES = ReliableBroadcast.maxShardBytes(4, 1 << 10);
    private static final List<KeyPair> KEYS = IntStream.range(0, 4)
            .mapToObj(i -> KeyPair.of(Arrays.copyOf(new byte[] {(byte) (i + 1)}, 32)))
            .toList();
    private static final List<ThresholdSetup> DEALT =
            ThresholdDealer.deal(CHAIN, 4, 2, new Random(1)).setups();
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V2 = new ValidatorId(2);

    private final ConsensusSetup setup = new ConsensusSetup(
            new ValidatorId(0),
            ValidatorSet.of(
                    Ed25519.pureJava(), KEYS.stream().map(KeyPair::publicKey).toList()),
            DOMAIN,
            Ed25519.pureJava(),
            KEYS.getFirst().signer(Ed25519.pureJava()),
            CommandPayloads.INSTANCE,
            DEALT.getFirst());

    private final byte[][] shards = IntStream.range(0, 4)
            .mapToObj(i -> Arrays.copyOf(new byte[] {(byte) i}, 100))
            .toArray(byte[][]::new);
    private final MerkleTree tree = new MerkleTree(4, (i, hash) -> hash.update(shards[i]));

    private @Nullable Refusal verify(ConsensusMessage message) {
        return PROTOCOL.createVerifier(setup).verify(V2, message);
    }

    private void assertRefused(Reason reason, String why, ConsensusMessage message) {
        Refusal refusal = requireNonNull(verify(message), "nothing is refused");
        assertThat(refusal.from()).isEqualTo(V2);
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.detail()).contains(why);
    }

    private Broadcasting echo(Digest root, List<Digest> branch, byte[] bytes) {
        return new Broadcasting(1, V1, new Echo(new Shard(root, branch, bytes)));
    }

    @Test
    void a_message_counts_in_queues_for_what_it_holds() {
        Shard shard = new Shard(Digest.ZERO, List.of(), new byte[100_000]);
        assertThat(new Broadcasting(1, V1, new Echo(shard)).approximateBytes()).isGreaterThan(100_000);
        assertThat(new Broadcasting(1, V1, new Val(shard)).approximateBytes()).isGreaterThan(100_000);
    }

    @Test
    void shards_of_wrong_length() {
        assertThat(verify(echo(tree.root(), tree.path(2), shards[2]))).isNull();
        String bounds = "a shard has 1 to " + MAX_SHARD_BYTES + " bytes, not ";
        assertRefused(Reason.BAD_SHARE, bounds + "0", echo(tree.root(), tree.path(2), new byte[0]));
        int over = MAX_SHARD_BYTES + 1;
        assertRefused(Reason.BAD_SHARE, bounds + over, echo(tree.root(), tree.path(2), new byte[over]));
        assertRefused(Reason.BAD_SHARE, "does not lead to", echo(tree.root(), tree.path(2), new byte[99]));
        assertMalformed(echo(tree.root(), tree.path(2), new byte[over]));
    }

    @Test
    void proofs_too_long_or_too_short() {
        for (int length : new int[] {0, 1, 3, 8, 200}) {
            List<Digest> branch = Collections.nCopies(length, tree.root());
            assertRefused(Reason.BAD_SHARE, "does not lead to", echo(tree.root(), branch, shards[2]));
        }
        assertMalformed(echo(tree.root(), Collections.nCopies(9, tree.root()), shards[2]));
    }

    @Test
    void roots_that_differ_and_the_shard_of_another_place() {
        Digest other = Digest.sha256(new byte[] {1});
        assertRefused(Reason.BAD_SHARE, "does not lead to", echo(other, tree.path(2), shards[2]));
        assertRefused(Reason.BAD_SHARE, "the branch of shard 2", echo(tree.root(), tree.path(3), shards[3]));
    }

    @Test
    void epochs_and_proposers_that_there_are_not() {
        for (long epoch : new long[] {0, -1, HoneyBadgerMessage.MAX_EPOCH, Long.MAX_VALUE}) {
            assertRefused(Reason.MALFORMED, "there is no epoch " + epoch, new Joining(epoch, true));
        }
        ValidatorId nobody = new ValidatorId(4);
        assertRefused(Reason.MALFORMED, "no proposer", new Broadcasting(1, nobody, new Ready(tree.root())));
        assertRefused(Reason.MALFORMED, "no proposer", new Decrypting(1, nobody, new byte[48]));
        Refusal foreign = PROTOCOL.createVerifier(setup).verify(nobody, new Joining(1, true));
        assertThat(foreign).isNotNull().extracting(Refusal::reason).isEqualTo(Reason.FOREIGN_SENDER);
    }

    @Test
    void votes_that_are_not_signed_for_this_place() {
        BlockId block = new BlockId(tree.root());
        HoneyBadgerStatements here = new HoneyBadgerStatements(DOMAIN);
        byte[] elsewhere = new HoneyBadgerStatements(new SigningDomain("other", 0)).vote(1, block);
        var signer = KEYS.get(2).signer(Ed25519.pureJava());

        assertThat(verify(new Vote(1, block, signer.sign(here.vote(1, block))))).isNull();
        for (byte[] statement : List.of(here.vote(2, block), elsewhere)) {
            Signature signature = signer.sign(statement);
            assertRefused(Reason.BAD_SIGNATURE, "a vote in epoch 1", new Vote(1, block, signature));
        }
    }

    /** The core asks this before it gives a share, and answers no with {@code BAD_PAYLOAD}. */
    @Test
    void ciphertexts_malformed_or_replayed_from_another_epoch_or_proposer() {
        ThresholdKeys keys = DEALT.getFirst().keys();
        HoneyBadgerStatements statements = new HoneyBadgerStatements(DOMAIN);
        byte[] label = statements.label(3, V1);
        byte[] ciphertext = keys.encrypt(label, new byte[] {1, 2, 3}, new byte[32]);

        assertThat(keys.isCiphertext(label, ciphertext)).isTrue();
        assertThat(keys.isCiphertext(statements.label(4, V1), ciphertext)).isFalse();
        assertThat(keys.isCiphertext(statements.label(3, V2), ciphertext)).isFalse();
        byte[] elsewhere = new HoneyBadgerStatements(new SigningDomain("other", 0)).label(3, V1);
        assertThat(keys.isCiphertext(elsewhere, ciphertext)).isFalse();
        for (int length : new int[] {0, 47, 143, 191, ciphertext.length - 1}) {
            assertThat(keys.isCiphertext(label, Arrays.copyOf(ciphertext, length)))
                    .isFalse();
        }
        byte[] flipped = ciphertext.clone();
        flipped[flipped.length - 1] ^= 1;
        assertThat(keys.isCiphertext(label, flipped)).isFalse();
    }

    @Test
    void shares_too_long_to_be_any() {
        assertThat(roundTrip(new Decrypting(1, V1, new byte[128]))).isEqualTo(new Decrypting(1, V1, new byte[128]));
        assertMalformed(new Decrypting(1, V1, new byte[129]));
    }

    @Test
    void more_than_255_validators() {
        assertThat(PROTOCOL.thresholdKeys(255)).hasValue(85);
        assertThatThrownBy(() -> PROTOCOL.thresholdKeys(256))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 255 validators")
                .hasMessageContaining("not 256");
        assertThatThrownBy(() -> new ReedSolomon(86, 256)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void messages_and_records_of_no_kind() {
        for (int kind : new int[] {0, 6, 255}) {
            byte[] bytes = new byte[64];
            bytes[0] = (byte) kind;
            assertThatThrownBy(() -> PROTOCOL.createCodec(setup).readMessage(new BinaryReader(bytes)))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("kind " + kind);
            assertThatThrownBy(() -> PROTOCOL.createCodec(setup).readRecord(new BinaryReader(bytes)))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("kind " + kind);
        }
        assertRefused(Reason.MALFORMED, "not a message of HoneyBadgerBFT", new ConsensusMessage() {});
    }

    @Test
    void messages_that_end_early() {
        for (HoneyBadgerMessage message : List.of(
                echo(tree.root(), tree.path(2), shards[2]),
                new Decrypting(1, V1, new byte[48]),
                new Joining(1, true))) {
            byte[] bytes = write(message);
            for (int length = 0; length < bytes.length; length++) {
                byte[] shorter = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> PROTOCOL.createCodec(setup).readMessage(new BinaryReader(shorter)))
                        .isInstanceOf(MalformedException.class);
            }
        }
    }

    private byte[] write(ConsensusMessage message) {
        BinaryWriter out = new BinaryWriter();
        PROTOCOL.createCodec(setup).writeMessage(message, out);
        return out.toByteArray();
    }

    private ConsensusMessage roundTrip(ConsensusMessage message) {
        try {
            return PROTOCOL.createCodec(setup).readMessage(new BinaryReader(write(message)));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** Refused while it is read, before its bytes are copied. */
    private void assertMalformed(ConsensusMessage message) {
        byte[] bytes = write(message);
        assertThatThrownBy(() -> PROTOCOL.createCodec(setup).readMessage(new BinaryReader(bytes)))
                .isInstanceOf(MalformedException.class);
    }
}
