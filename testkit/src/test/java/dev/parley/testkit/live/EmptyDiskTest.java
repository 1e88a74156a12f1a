package dev.parley.testkit.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.client.ParleyClient;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.KeyDirectory;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.testkit.byzantine.WithOtherCores;
import dev.parley.testkit.check.StatementSlots;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A validator whose disk was lost: it does not know what it signed, and contradicts none of it. */
@Timeout(180)
class EmptyDiskTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CHAIN = "empty-disk";
    /** It leads or proposes first: what it signs first would contradict what it signed first. */
    private static final int VICTIM = 0;

    private static final String SETTINGS = "parley.chain-id = " + CHAIN + """

            parley.storage { snapshot-blocks = 1000000, keep-blocks = 1000000 }
            parley.validator { status-interval = 100 ms, fetch-timeout = 300 ms, set-aside = 1 s }
            parley.mempool.regossip-after = 200 ms
            parley.consensus.hotstuff.base-timeout = 300 ms
            parley.consensus.tendermint.timeout-propose = 300 ms
            parley.consensus.tendermint.gossip-interval = 200 ms
            """;

    private static final class Sum implements StateMachine<Long, Long, Long> {
        private long sum;

        @Override
        public Long apply(Long command, Context context) {
            sum += command;
            return sum;
        }

        @Override
        public Long snapshot() {
            return sum;
        }

        @Override
        public void restore(Long snapshot) {
            sum = snapshot;
        }
    }

    /** All that one key signs, over all lives of its validator, by slot. */
    private static final class Statements {
        private final Map<Long, byte[]> bySlot = new ConcurrentHashMap<>();
        private final AtomicLong statements = new AtomicLong();
        private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();

        private ConsensusProtocol recording(ConsensusProtocol protocol) {
            StatementSlots slots = ProtocolUnderTest.named(protocol.name()).slots(new SigningDomain(CHAIN, 0));
            return new WithOtherCores(
                    protocol,
                    setup -> protocol.createCore(setup.withSigner(new Signer() {
                        @Override
                        public PublicKey publicKey() {
                            return setup.signer().publicKey();
                        }

                        @Override
                        public Signature sign(byte[] statement) {
                            signed(slots.slot(statement), statement);
                            return setup.signer().sign(statement);
                        }
                    })));
        }

        private void signed(long slot, byte[] statement) {
            statements.incrementAndGet();
            if (slot != StatementSlots.NONE) {
                byte[] before = bySlot.putIfAbsent(slot, statement.clone());
                if (before != null && !Arrays.equals(before, statement)) {
                    contradictions.add("two statements for slot " + slot);
                }
            }
        }
    }

    @TempDir
    Path folder;

    private KeyDirectory keys;
    private final Statements signed = new Statements();
    private final Queue<Observation> observed = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void deal() throws Exception {
        keys = new KeyDirectory(folder.resolve("keys"));
        var unused = keys.create(CHAIN, 4);
    }

    private LocalCluster<Long, Long, Long> start(String protocol) {
        return LocalCluster.of(4, Application.of(Sum::new, Long.class, Long.class, Long.class))
                .protocol(protocol)
                .config(SETTINGS)
                .keys(keys)
                .data(folder.resolve("data"))
                .byzantine(VICTIM, signed::recording)
                .observer((validator, observation) -> {
                    if (validator.equals(new ValidatorId(VICTIM))) {
                        observed.add(observation);
                    }
                })
                .start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "tendermint", "honeybadger"})
    void one_that_lost_its_disk_comes_back_by_itself_and_contradicts_nothing(String protocol) throws Exception {
        try (var cluster = start(protocol);
                var client = cluster.client(1)) {
            assertThat(add(client, 15)).isEqualTo(15);
            assertThat(count(Observation.Recovering.class)).isZero();
            assertThat(signed.statements.get()).isPositive();
            cluster.kill(VICTIM);
            // Commands that wait when it comes back tempt it to speak at once.
            AtomicBoolean enough = new AtomicBoolean();
            CountDownLatch ended = new CountDownLatch(1);
            Thread load = Thread.ofVirtual().start(() -> {
                try (var busy = cluster.client(1)) {
                    while (!enough.get()) {
                        busy.submit(0L).toCompletableFuture().join();
                    }
                } finally {
                    ended.countDown();
                }
            });
            delete(folder.resolve("data").resolve("v" + VICTIM));
            long before = signed.statements.get();
            cluster.restart(VICTIM);
            await().atMost(PATIENCE).until(() -> count(Observation.Recovering.class) > 0);
            await().atMost(PATIENCE).until(() -> count(Observation.Recovered.class) > 0);
            enough.set(true);
            ended.await();
            load.join();
            assertThat(signed.contradictions).isEmpty();
            // Another one falls silent: nothing is decided without the one that came back.
            cluster.kill(3);
            assertThat(add(client, 5)).isEqualTo(20);
            assertThat(signed.statements.get()).isGreaterThan(before);
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(CompletionException.class)
                    .untilAsserted(() -> {
                        var one = cluster.node(1).state().toCompletableFuture().join();
                        assertThat(cluster.node(VICTIM)
                                        .state()
                                        .toCompletableFuture()
                                        .join())
                                .isEqualTo(one);
                    });
            assertThat(signed.contradictions).isEmpty();
            // It knows now what it signs, and comes back at once.
            cluster.restart(3);
            cluster.kill(VICTIM);
            cluster.restart(VICTIM);
            assertThat(add(client, 2)).isEqualTo(22);
            assertThat(count(Observation.Recovered.class)).isOne();
            assertThat(signed.contradictions).isEmpty();
        }
    }

    private static long add(ParleyClient<Long, Long> client, int times) {
        long sum = 0;
        for (int i = 0; i < times; i++) {
            sum = client.submit(1L).toCompletableFuture().join().result();
        }
        return sum;
    }

    private long count(Class<?> kind) {
        return List.copyOf(observed).stream().filter(kind::isInstance).count();
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
