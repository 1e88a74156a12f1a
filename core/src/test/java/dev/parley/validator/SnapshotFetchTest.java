package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.log.CommandBatch;
import dev.parley.network.PeerMessage;
import dev.parley.storage.MemoryStorage;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.Snapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A snapshot from several peers at once, none of which is believed. */
class SnapshotFetchTest {
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V2 = new ValidatorId(2);
    private static final ValidatorId V3 = new ValidatorId(3);
    private static final Signature SIGNATURE = new Signature(new byte[64]);

    private final AskingWorld world = new AskingWorld();
    private final Awaited awaited = new Awaited(4);
    private final Standing standing = new Standing(EngineSettings.DEFAULTS, 4);
    private final SnapshotFetch fetch = new SnapshotFetch(
            EngineSettings.DEFAULTS, world, CatchUpTest.fourValidators(), List.of(V1, V2, V3), standing, awaited);

    private final byte[] content = content(300);
    private final Snapshot twenty = snapshot(20, content);
    private final Snapshot forty = snapshot(40, content);

    @Test
    void what_a_weak_quorum_vouches_for_is_fetched_from_all_of_them() {
        fetch.seek(manifest -> true);
        assertThat(world.take()).containsExactly("all SnapshotsRequest");
        offer(V1, twenty);
        assertThat(fetch.isFetching()).as("one may be the faulty one").isFalse();
        offer(V2, twenty);
        assertThat(world.take()).containsExactly("v1 20-20", "v2 chunk 0 of 20");
        assertThat(awaited.awaits(V1, Awaited.Kind.SNAPSHOT_BLOCK)).isTrue();
        offer(V3, twenty);
        assertThat(world.take()).containsExactly("v3 chunk 1 of 20");
        fetch.blockReceived(V1, new PeerMessage.Entries(1, List.of(block(20))), 0);
        assertThat(world.take()).containsExactly("v1 chunk 2 of 20");
        send(V1, twenty, 2);
        send(V3, twenty, 1);
        assertThat(world.take()).containsExactly("v1 chunk 3 of 20", "v3 chunk 4 of 20");
        send(V3, twenty, 4);
        send(V1, twenty, 3);
        assertThat(world.installed).isNull();
        send(V2, twenty, 0);
        assertThat(world.installed).isEqualTo(content);
    }

    @Test
    void a_snapshot_that_is_not_above_the_log_or_too_large_or_one_validators_alone_is_not_fetched() {
        fetch.seek(manifest -> true);
        fetch.offered(V1, signed(twenty), 20);
        fetch.offered(V2, signed(twenty), 20);
        fetch.offered(V3, signed(snapshot(40, content(1))), 20);
        fetch.offered(V1, signed(forty), 20);
        assertThat(fetch.isFetching()).isFalse();
        SnapshotManifest huge = new SnapshotManifest(60, id(60), Integer.MAX_VALUE, 1 << 20, Digest.ZERO);
        fetch.offered(V1, List.of(new SignedSnapshot(huge, SIGNATURE)), 20);
        fetch.offered(V2, List.of(new SignedSnapshot(huge, SIGNATURE)), 20);
        assertThat(fetch.isFetching()).isFalse();
    }

    @Test
    void who_does_not_answer_or_answers_falsely_is_set_aside_and_another_is_asked() {
        begin();
        send(V3, forty, 0);
        assertThat(refusals()).containsExactly(Reason.BAD_SNAPSHOT);
        assertThat(standing.isAside(V3)).isTrue();
        fetch.timedOut(V2);
        assertThat(refusals()).containsExactly(Reason.BAD_SNAPSHOT, Reason.UNANSWERED);
        fetch.blockReceived(V1, new PeerMessage.Entries(1, List.of(block(20))), 0);
        assertThat(world.take()).as("what v2 was asked for").containsExactly("v1 chunk 0 of 20");
        for (int i = 0; i < 5; i++) {
            send(V1, twenty, i);
        }
        assertThat(world.installed).isEqualTo(content);
    }

    @Test
    void a_chunk_that_comes_late_is_as_good_as_any_and_nobodys_fault() {
        begin();
        fetch.timedOut(V2);
        send(V2, twenty, 0);
        send(V3, twenty, 1);
        assertThat(world.take()).as("chunk 0 is here").containsExactly("v3 chunk 2 of 20");
        assertThat(refusals()).containsExactly(Reason.UNANSWERED);
    }

    @Test
    void who_says_again_that_it_has_the_snapshot_still_owes_its_chunk() {
        begin();
        offer(V2, twenty);
        assertThat(standing.isAside(V2)).isFalse();
        assertThat(world.take()).isEmpty();
        fetch.timedOut(V2);
        assertThat(refusals()).containsExactly(Reason.UNANSWERED);
        assertThat(standing.isAside(V2)).isTrue();
    }

    @Test
    void a_snapshot_whose_block_is_pruned_is_given_up_for_what_is_offered_now() {
        begin();
        fetch.blockReceived(V1, new PeerMessage.Entries(20, List.of()), 0);
        assertThat(awaited.awaits(V1, Awaited.Kind.SNAPSHOT_BLOCK))
                .as("a late answer to another request")
                .isTrue();
        fetch.blockReceived(V1, new PeerMessage.Entries(21, List.of()), 0);
        assertThat(fetch.isFetching()).as("v2 and v3 have it still").isTrue();
        send(V2, twenty, 0);
        assertThat(world.take()).containsExactly("v2 20-20");
        fetch.blockReceived(V2, new PeerMessage.Entries(21, List.of()), 0);
        assertThat(fetch.isFetching()).isFalse();
        fetch.tick(0);
        assertThat(world.take()).containsExactly("all SnapshotsRequest");
        assertThat(refusals()).as("nobody lied").isEmpty();
        offer(V1, forty);
        offer(V2, forty);
        assertThat(fetch.isFetching()).isTrue();
    }

    @Test
    void a_snapshot_that_nobody_has_any_more_is_given_up_for_what_is_offered_now() {
        begin();
        offer(V2, forty);
        offer(V3, forty);
        assertThat(world.take()).containsExactly("v2 40-40", "v3 chunk 0 of 40");
        assertThat(standing.isAside(V2)).isFalse();
        assertThat(world.observed).last().isEqualTo(new Observation.FetchingSnapshot(40, content.length));
    }

    @Test
    void a_snapshot_that_the_application_does_not_take_is_never_fetched_again() {
        begin();
        fetch.refused(twenty.manifest(), 0);
        offer(V1, twenty);
        offer(V2, twenty);
        assertThat(fetch.isFetching()).isFalse();
        offer(V1, forty, twenty);
        offer(V2, forty, twenty);
        assertThat(world.take()).contains("v1 40-40");
    }

    @Test
    void it_ends_when_the_log_has_come_as_far() {
        begin();
        fetch.tick(20);
        assertThat(fetch.isFetching()).isFalse();
        assertThat(awaited.awaits(V1, Awaited.Kind.SNAPSHOT_BLOCK)).isFalse();
        assertThat(awaited.awaits(V2, Awaited.Kind.CHUNK)).isFalse();
    }

    @Test
    void a_chunk_proves_itself_at_its_place_and_no_other() {
        SnapshotChunk chunk = chunk(twenty, 1);
        assertThat(twenty.manifest().proves(chunk)).isTrue();
        assertThat(twenty.manifest().proves(new SnapshotChunk(0, chunk.path(), chunk.bytes())))
                .isFalse();
        assertThat(twenty.manifest().proves(new SnapshotChunk(5, chunk.path(), chunk.bytes())))
                .isFalse();
        assertThat(twenty.manifest().proves(new SnapshotChunk(-1, chunk.path(), chunk.bytes())))
                .isFalse();
        assertThat(twenty.manifest().proves(new SnapshotChunk(1, chunk.path(), new byte[64])))
                .isFalse();
        assertThat(twenty.manifest().proves(new SnapshotChunk(1, List.of(), chunk.bytes())))
                .isFalse();
        assertThat(snapshot(20, content(301)).manifest().proves(chunk(twenty, 4)))
                .isFalse();
    }

    /** All three have the snapshot of height 20; v1 owes its block, v2 chunk 0, v3 chunk 1. */
    private void begin() {
        fetch.seek(manifest -> true);
        offer(V1, twenty);
        offer(V2, twenty);
        offer(V3, twenty);
        world.take();
    }

    private void offer(ValidatorId peer, Snapshot... snapshots) {
        fetch.offered(peer, signed(snapshots), 0);
    }

    private static List<SignedSnapshot> signed(Snapshot... snapshots) {
        return List.of(snapshots).stream()
                .map(snapshot -> new SignedSnapshot(snapshot.manifest(), SIGNATURE))
                .toList();
    }

    private void send(ValidatorId peer, Snapshot snapshot, int index) {
        fetch.chunkReceived(peer, snapshot.manifest(), chunk(snapshot, index));
    }

    private static SnapshotChunk chunk(Snapshot snapshot, int index) {
        MemoryStorage storage = new MemoryStorage(1 << 20);
        storage.save(snapshot);
        return Objects.requireNonNull(storage.chunk(snapshot.manifest(), index));
    }

    private List<Reason> refusals() {
        return world.observed.stream()
                .filter(Observation.Refused.class::isInstance)
                .map(refused -> ((Observation.Refused) refused).refusal().reason())
                .toList();
    }

    private static Snapshot snapshot(long height, byte[] content) {
        return Snapshot.of(height, id(height), content, 64);
    }

    private static byte[] content(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static DecidedBlock block(long height) {
        return new DecidedBlock(
                height,
                id(height),
                id(height - 1),
                V1,
                height,
                new CommandBatch(0, List.of()),
                new NoProtocol.Proof(1));
    }

    private static BlockId id(long height) {
        return new BlockId(new Digest(height, 0, 0, 0));
    }
}
