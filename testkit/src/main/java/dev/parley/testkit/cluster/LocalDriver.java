package dev.parley.testkit.cluster;

import dev.parley.LocalCluster;
import dev.parley.Membership;
import dev.parley.app.Application;
import dev.parley.client.Receipt;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.KeyDirectory;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Behaviours;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.validator.NodeThreads;
import dev.parley.validator.ValidatorNode.StateAt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A cluster in the test's own JVM. */
final class LocalDriver<C, R> implements Driver<C, R> {
    private static final String CHAIN = "parley";
    private static final long STEP_NANOS = 5_000_000;
    private static final long ANSWER_SECONDS = 5;
    private static final long PAUSE_SECONDS = 30;
    /** So long a write is waited for that can be cut. */
    private static final long CUT_MILLIS = 500;

    private final LocalCluster<C, R, ?> cluster;
    private final LiveClients<C, R> clients;
    private final ProtocolUnderTest underTest;
    private final Timeline timeline;
    private final Watchtower watchtower;
    private final WatchedNode watched;
    /** By validator; none if they keep all in memory. */
    private final Map<Integer, CutDisk> disks = new ConcurrentHashMap<>();

    /** By validator, of its latest life. */
    private final Map<Integer, PausableThreads> threads = new ConcurrentHashMap<>();

    private final AtomicLong lives = new AtomicLong();
    private final AtomicLong seeds = new AtomicLong();
    private final @Nullable Path folder;
    private final String again;
    private final long begun = System.nanoTime();

    LocalDriver(
            Application<C, R, ?> application,
            ProtocolUnderTest underTest,
            int size,
            String config,
            boolean onDisk,
            Witness<C, R> witness,
            String again) {
        this.underTest = underTest;
        this.timeline = witness.timeline();
        this.watchtower = witness.watchtower();
        this.again = again;
        this.watched = new WatchedNode(size, watchtower::signed);
        var builder = LocalCluster.of(size, application)
                .config(config)
                .protocol(underTest.name())
                .correct(watched::around)
                .network(watched::around)
                .threads((system, validator) ->
                        live(validator, new PausableThreads(system, validator + "-" + lives.incrementAndGet())))
                .observer((validator, observation) -> observed(validator.index(), observation));
        if (onDisk) {
            folder = temporary();
            KeyDirectory keys = new KeyDirectory(folder.resolve("keys"));
            deal(keys, size);
            Path data = folder.resolve("data");
            builder.config("parley.chain-id = " + CHAIN)
                    .keys(keys)
                    .data(data)
                    .storage((validator, disk) -> disks.compute(
                            validator.index(),
                            (index, before) -> new CutDisk(
                                    disk, data.resolve(validator.toString()).resolve("db"), seeds.incrementAndGet())));
        } else {
            folder = null;
        }
        cluster = builder.start();
        watchtower.watch(
                underTest,
                cluster.protocol(),
                Membership.reader(cluster.domain(), cluster.validators(), cluster.scheme()));
        clients = new LiveClients<>(cluster::client, witness);
    }

    private void observed(int validator, Observation observation) {
        watchtower.observed(validator, observation);
        if (observation instanceof Observation.Accused accused) {
            watchtower.accused(validator, accused.evidence());
        }
        Timeline.words(underTest.protocol(), observation)
                .ifPresent(words -> timeline.told(elapsed(), validator, words));
    }

    @Override
    public void start() {
        for (int i = 0; i < cluster.validators().size(); i++) {
            clients.follow(cluster.log(i), cluster.system());
        }
    }

    @Override
    public CompletionStage<Receipt<R>> submit(int first, C command) {
        return clients.preferring(first).submit(command);
    }

    @Override
    public void step() {
        clients.readOn();
        LockSupport.parkNanos(STEP_NANOS);
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Override
    public void kill(int validator) {
        cluster.kill(validator);
    }

    @Override
    public void powerOff(int validator) {
        Objects.requireNonNull(disks.get(validator)).cut();
        try {
            cluster.node(validator).stopped().toCompletableFuture().get(CUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // It writes nothing just now.
            kill(validator);
        } catch (ExecutionException e) {
            throw new IllegalStateException("v" + validator + " cannot say why it has stopped", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void deal(KeyDirectory keys, int validators) {
        try {
            var unused = keys.create(CHAIN, validators);
        } catch (IOException e) {
            throw new ClusterException("keys cannot be made: " + e.getMessage(), e);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("parley-cluster");
        } catch (IOException e) {
            throw new ClusterException("there is no temporary directory: " + e.getMessage(), e);
        }
    }

    @Override
    public void restart(int validator) {
        cluster.restart(validator);
    }

    @Override
    public void restart(int validator, List<Behaviour> behaviours) {
        UnaryOperator<ConsensusProtocol> composed = Behaviours.composed(behaviours, validator);
        cluster.restart(validator, honest -> watched.around(composed.apply(honest)));
    }

    private NodeThreads live(ValidatorId validator, PausableThreads own) {
        threads.put(validator.index(), own);
        return own.threads();
    }

    @Override
    public void pause(int validator) {
        try {
            if (!threads(validator).pause(Duration.ofSeconds(PAUSE_SECONDS))) {
                throw new ClusterException("v" + validator + " cannot be paused: what it does now takes more than "
                        + PAUSE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted before v" + validator + " was paused", e);
        }
    }

    @Override
    public void resume(int validator) {
        threads(validator).resume();
    }

    private PausableThreads threads(int validator) {
        return Objects.requireNonNull(threads.get(validator));
    }

    @Override
    public void delay(int from, int to, Duration by) {
        cluster.network().delay(new ValidatorId(from), new ValidatorId(to), by);
    }

    @Override
    public void cut(int from, int to) {
        cluster.network().cut(new ValidatorId(from), new ValidatorId(to));
    }

    @Override
    public void heal() {
        cluster.network().heal();
    }

    @Override
    public long height(int validator) {
        return cluster.node(validator).log().height();
    }

    @Override
    public Optional<StateAt> state(int validator) {
        return answer(cluster.node(validator).state());
    }

    @Override
    public String status(int validator) {
        return answer(cluster.node(validator).report())
                .map(Object::toString)
                .orElseGet(() -> "does not answer; stopped: "
                        + cluster.node(validator)
                                .stopped()
                                .toCompletableFuture()
                                .getNow("no"));
    }

    private static <T> Optional<T> answer(CompletionStage<T> asked) {
        try {
            return Optional.of(asked.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public List<String> logTail(int validator) {
        return List.of();
    }

    @Override
    public void keepFiles() {}

    @Override
    public String again() {
        return again;
    }

    @Override
    public void close() {
        clients.close();
        // Actors that are paused would not end.
        threads.values().forEach(PausableThreads::resume);
        cluster.close();
        if (folder != null) {
            ClusterLayout.discard(folder);
        }
    }
}
