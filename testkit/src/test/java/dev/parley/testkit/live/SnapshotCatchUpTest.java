package dev.parley.testkit.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.client.ParleyClient;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyDirectory;
import dev.parley.crypto.Signature;
import dev.parley.crypto.Signer;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.Snapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A validator that was away for so long that nobody has the blocks any more goes on from its peers' snapshot, and believes none of them. */
@Timeout(120)
class SnapshotCatchUpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CHAIN = "snapshots";
    private static final ValidatorId LIAR = new ValidatorId(2);
    private static final ValidatorId AWAY = new ValidatorId(3);
    private static final String SETTINGS = "parley.chain-id = " + CHAIN + """

            parley.storage { snapshot-blocks = 4, keep-blocks = 2, snapshot-chunk-bytes = 64 }
            parley.validator { status-interval = 100 ms, fetch-timeout = 300 ms, set-aside = 2 s }
            parley.consensus.hotstuff.base-timeout = 300 ms
            parley.consensus.tendermint { timeout-propose = 100 ms, timeout-prevote = 100 ms, timeout-precommit = 100 ms, gossip-interval = 100 ms }
            """;

    record Put(String key, int value) {}

    record Contents(Map<String, Integer> values) {}

    /** Gives the value before, so that a command that is executed twice shows. */
    private static final class Register implements StateMachine<Put, Integer, Contents> {
        private final TreeMap<String, Integer> values = new TreeMap<>();
        private final AtomicBoolean takesSnapshots;

        private Register(AtomicBoolean takesSnapshots) {
            this.takesSnapshots = takesSnapshots;
        }

        @Override
        public Integer apply(Put command, Context context) {
            Integer before = values.put(command.key(), command.value());
            return before == null ? 0 : before;
        }

        @Override
        public Contents snapshot() {
            return new Contents(values);
        }

        @Override
        public void restore(Contents snapshot) {
            if (!takesSnapshots.get()) {
                throw new IllegalStateException("it is of another version");
            }
            values.clear();
            values.putAll(snapshot.values());
        }
    }

    @TempDir
    Path folder;

    private KeyDirectory keys;
    private final AtomicBoolean takesSnapshots = new AtomicBoolean(true);
    private final Queue<Observation> observed = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void deal() throws Exception {
        keys = new KeyDirectory(folder.resolve("keys"));
        var unused = keys.create(CHAIN, 4);
    }

    private LocalCluster.Builder<Put, Integer, Contents> cluster(String protocol) {
        return LocalCluster.of(
                        4, Application.of(() -> new Register(takesSnapshots), Put.class, Integer.class, Contents.class))
                .protocol(protocol)
                .config(SETTINGS)
                .keys(keys)
                .observer((validator, observation) -> {
                    if (validator.equals(AWAY)) {
                        observed.add(observation);
                    }
                });
    }

    /** Each command finds what the one before left: none was lost and none was executed twice. */
    private static void count(ParleyClient<Put, Integer> client, int from, int to) {
        for (int i = from; i <= to; i++) {
            assertThat(client.submit(new Put("k", i))
                            .toCompletableFuture()
                            .join()
                            .result())
                    .isEqualTo(i - 1);
            client.submit(new Put("other" + i, i)).toCompletableFuture().join();
        }
    }

    private void agree(LocalCluster<?, ?, ?> cluster, int one, int other) {
        // Who begins anew has no actors for a moment.
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(CompletionException.class)
                .untilAsserted(() -> {
                    var first = cluster.node(one)
                            .state()
                            .toCompletableFuture()
                            .orTimeout(5, TimeUnit.SECONDS)
                            .join();
                    assertThat(cluster.node(other)
                                    .state()
                                    .toCompletableFuture()
                                    .orTimeout(5, TimeUnit.SECONDS)
                                    .join())
                            .as(() -> "v3: "
                                    + List.copyOf(observed).subList(Math.max(0, observed.size() - 30), observed.size()))
                            .isEqualTo(first);
                });
    }

    private long installs() {
        return observed.stream()
                .filter(Observation.SnapshotInstalled.class::isInstance)
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "tendermint", "honeybadger"})
    void one_that_was_away_goes_on_from_a_snapshot_and_votes_again(String protocol) {
        try (var cluster = cluster(protocol).data(folder.resolve("data")).start();
                var client = cluster.client()) {
            count(client, 1, 3);
            cluster.kill(3);
            int last = 3;
            // HotStuff's cores have the last 64 blocks in memory, for each other.
            int enough = protocol.equals("hotstuff") ? 90 : 30;
            while (cluster.node(0).log().height() < enough) {
                count(client, last + 1, ++last);
            }
            cluster.restart(3);
            agree(cluster, 0, 3);
            assertThat(installs()).isPositive();
            // Without its votes nothing is decided any more.
            cluster.kill(0);
            count(client, last + 1, last + 3);
            agree(cluster, 1, 3);
            // And it is as good a source as any other.
            long height = cluster.node(3).log().height();
            cluster.restart(0);
            count(client, last + 4, last + 5);
            agree(cluster, 0, 3);
            assertThat(cluster.node(3).log().height()).isGreaterThan(height);
        }
    }

    /** What a peer does that takes the place of a validator, with its key. */
    enum Lie {
        WRONG_BYTES(Reason.BAD_SNAPSHOT),
        ANOTHER_SNAPSHOT(Reason.BAD_SNAPSHOT),
        SILENCE(Reason.UNANSWERED),
        A_ROOT_OF_ITS_OWN(null),
        A_FALSE_SIGNATURE(Reason.BAD_SIGNATURE);

        private final Reason reason;

        @SuppressWarnings("NullAway") // of tests
        Lie(Reason reason) {
            this.reason = reason;
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_peer_that_lies_is_refused_and_set_aside_and_the_rest_comes_from_others(Lie lie) throws Exception {
        try (var cluster = cluster("tendermint").start();
                var client = cluster.client()) {
            count(client, 1, 3);
            cluster.kill(3);
            count(client, 4, 12);
            cluster.kill(2);
            Signer signer = keys.keys(4).get(2).signer(Ed25519.fastest());
            new Liar(lie, cluster, signer);
            if (lie.reason != null) {
                // As v1 is not asked, no weak quorum has a snapshot without the liar, however late it answers.
                cluster.network().cut(AWAY, new ValidatorId(1));
            }
            cluster.restart(3);
            if (lie.reason != null) {
                await().atMost(PATIENCE).until(() -> cluster.node(3).refused(LIAR, lie.reason) > 0);
                cluster.network().heal();
            }
            // Two and the one that comes back are a quorum.
            count(client, 13, 14);
            agree(cluster, 0, 3);
            assertThat(installs()).isPositive();
            assertThat(cluster.node(3).refused(new ValidatorId(0), Reason.BAD_SNAPSHOT))
                    .isZero();
        }
    }

    private static final class Liar implements Network.BottomlessInbox {
        private final Lie lie;
        private final LocalCluster<?, ?, ?> cluster;
        private final Signer signer;
        private final Network.Link link;
        private final Snapshot forged = Snapshot.of(
                1_000_000, new dev.parley.consensus.BlockId(dev.parley.crypto.Digest.ZERO), new byte[600], 64);

        private Liar(Lie lie, LocalCluster<?, ?, ?> cluster, Signer signer) {
            this.lie = lie;
            this.cluster = cluster;
            this.signer = signer;
            this.link = cluster.network().join(LIAR, this);
        }

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {}

        @Override
        public void deliver(ValidatorId from, PeerMessage message) {
            switch (message) {
                case PeerMessage.SnapshotsRequest request ->
                    // What the others have is what it says it has.
                    link.send(new ValidatorId(0), new PeerMessage.SnapshotsRequest());
                case PeerMessage.Snapshots snapshots -> offer(snapshots.snapshots());
                // It is further than anybody, and has none of the blocks any more.
                case PeerMessage.Status status -> link.send(from, new PeerMessage.Status(1_000_000));
                case PeerMessage.EntriesRequest request ->
                    link.send(from, new PeerMessage.Entries(Long.MAX_VALUE, List.of()));
                case PeerMessage.ChunkRequest request -> chunk(request);
                default -> {}
            }
        }

        private void offer(List<SignedSnapshot> seen) {
            List<SnapshotManifest> manifests = lie == Lie.A_ROOT_OF_ITS_OWN
                    ? List.of(forged.manifest())
                    : seen.stream().map(SignedSnapshot::manifest).toList();
            link.send(
                    AWAY,
                    new PeerMessage.Snapshots(manifests.stream()
                            .map(manifest -> lie == Lie.A_FALSE_SIGNATURE
                                    ? new SignedSnapshot(manifest, new Signature(new byte[64]))
                                    : SignedSnapshot.sign(manifest, signer, cluster.domain()))
                            .toList()));
        }

        private void chunk(PeerMessage.ChunkRequest request) {
            switch (lie) {
                case WRONG_BYTES ->
                    link.send(
                            AWAY,
                            new PeerMessage.Chunk(
                                    request.manifest(), new SnapshotChunk(request.index(), List.of(), new byte[64])));
                case ANOTHER_SNAPSHOT -> {
                    Snapshot other = Snapshot.of(
                            request.manifest().height(), request.manifest().block(), new byte[64], 64);
                    link.send(
                            AWAY,
                            new PeerMessage.Chunk(other.manifest(), new SnapshotChunk(0, List.of(), other.content())));
                }
                default -> {}
            }
        }
    }

    @Test
    void a_snapshot_that_the_application_does_not_take_is_fetched_once_and_the_next_one_again() {
        try (var cluster = cluster("tendermint").start();
                var client = cluster.client()) {
            cluster.kill(3);
            count(client, 1, 12);
            takesSnapshots.set(false);
            cluster.restart(3);
            await().atMost(PATIENCE)
                    .until(() -> observed.stream().anyMatch(Observation.SnapshotUnusable.class::isInstance));
            count(client, 13, 20);
            List<Long> heights = observed.stream()
                    .filter(Observation.SnapshotUnusable.class::isInstance)
                    .map(unusable -> ((Observation.SnapshotUnusable) unusable).height())
                    .toList();
            assertThat(heights).doesNotHaveDuplicates();
            assertThat(installs()).isZero();
            takesSnapshots.set(true);
            count(client, 21, 28);
            agree(cluster, 0, 3);
            assertThat(installs()).isPositive();
        }
    }
}
