package dev.parley.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.parley.LocalCluster;
import dev.parley.Membership;
import dev.parley.app.ResultItems;
import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import dev.parley.crypto.SigningDomain;
import dev.parley.hotstuff.HotStuffMessage;
import dev.parley.hotstuff.QC;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeerCodecTest {
    private static final Signature SIGNATURE = new Signature(new byte[64]);
    private static final BlockId BLOCK = new BlockId(new Digest(1, 2, 3, 4));

    private static final SnapshotManifest MANIFEST = new SnapshotManifest(8, BLOCK, 168, 64, new Digest(1, 1, 1, 1));

    private static final Evidence EVIDENCE = new Evidence(
            new ValidatorId(2),
            "two votes in view 7",
            new SignedStatement(new byte[] {1}, SIGNATURE),
            new SignedStatement(new byte[] {2}, SIGNATURE));

    private final PeerCodec codec = codec();

    static Stream<PeerMessage> messages() throws MalformedException {
        return Stream.of(
                new PeerMessage.Status(7),
                new PeerMessage.StateVoteRequest(7),
                new PeerMessage.ResultsRequest(9),
                new PeerMessage.EntriesRequest(3, 64),
                new PeerMessage.Entries(9, List.of()),
                new PeerMessage.SnapshotsRequest(),
                new PeerMessage.Snapshots(List.of(new SignedSnapshot(MANIFEST, SIGNATURE))),
                new PeerMessage.ChunkRequest(MANIFEST, 1),
                new PeerMessage.Chunk(MANIFEST, new SnapshotChunk(2, List.of(new Digest(9, 9, 9, 9)), new byte[40])),
                new PeerMessage.Accusations(List.of(EVIDENCE)),
                new PeerMessage.StateVote(5, BLOCK, new Digest(5, 6, 7, 8), SIGNATURE),
                new PeerMessage.Results(
                        4,
                        ResultItems.read(new BinaryReader(
                                new BinaryWriter().i32(0).i32(0).toByteArray()))),
                new PeerMessage.Commands(List.of(
                        new Command(new CommandId(new ClientId(1, 2), 3), 0, 99, new byte[] {1, 2, 3}),
                        new Command(new CommandId(new ClientId(4, 5), 6), 3, 0, new byte[0]))),
                new PeerMessage.Consensus(new HotStuffMessage.Vote(8, BLOCK, new ValidatorId(2), SIGNATURE)),
                new PeerMessage.Consensus(
                        new HotStuffMessage.Timeout(1, QC.GENESIS, null, new ValidatorId(2), SIGNATURE)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void reading_what_was_written_and_writing_it_again_gives_the_same_bytes(PeerMessage message)
            throws MalformedException {
        byte[] frame = codec.encode(message);
        PeerMessage read = codec.decode(frame);
        assertThat(read.getClass()).isEqualTo(message.getClass());
        assertThat(codec.encode(read)).isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void a_frame_with_a_byte_more_or_less_is_refused(PeerMessage message) {
        byte[] frame = codec.encode(message);
        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(frame, frame.length + 1)))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(frame, frame.length - 1)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void mutated_frames_are_refused_or_have_one_form_and_never_throw_anything_else() throws MalformedException {
        Random random = new Random(7);
        List<PeerMessage> all = messages().toList();
        for (int i = 0; i < 200_000; i++) {
            byte[] frame = codec.encode(all.get(i % all.size()));
            for (int change = random.nextInt(3); change >= 0; change--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(codec.encode(codec.decode(frame))).isEqualTo(frame);
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void a_frame_that_claims_two_gibibytes_is_refused_before_anything_is_allocated() {
        for (int kind = 0; kind < 16; kind++) {
            byte[] claim = new BinaryWriter()
                    .u8(kind)
                    .i32(Integer.MAX_VALUE)
                    .i32(Integer.MAX_VALUE)
                    .i32(Integer.MAX_VALUE)
                    .i32(Integer.MAX_VALUE)
                    .raw(new byte[64])
                    .toByteArray();
            assertThatThrownBy(() -> codec.decode(claim)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void more_accusations_than_the_bound_are_refused() {
        byte[] frame = codec.encode(
                new PeerMessage.Accusations(Collections.nCopies(PeerMessage.MAX_ACCUSATIONS + 1, EVIDENCE)));
        assertThatThrownBy(() -> codec.decode(frame)).isInstanceOf(MalformedException.class);
    }

    private static PeerCodec codec() {
        IdealSignatures scheme = new IdealSignatures();
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            byte[] secret = new byte[IdealSignatures.SECRET_BYTES];
            secret[0] = (byte) (i + 1);
            keys.add(scheme.signer(secret).publicKey());
        }
        return new Membership(new SigningDomain("test", 0), ValidatorSet.of(scheme, keys), List.of())
                .peerCodec(LocalCluster.protocol(ConfigFactory.load()), scheme);
    }
}
