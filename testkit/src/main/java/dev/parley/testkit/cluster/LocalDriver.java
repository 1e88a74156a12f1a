package dev.parley.testkit.cluster;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.client.Receipt;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.log.CommandPayloads;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Behaviours;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.validator.ValidatorNode.StateAt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** A cluster in the test's own JVM. */
final class LocalDriver<C, R> implements Driver<C, R> {
    private static final long STEP_NANOS = 5_000_000;
    private static final long ANSWER_SECONDS = 5;

    private final LocalCluster<C, R, ?> cluster;
    private final LiveClients<C, R> clients;
    private final ProtocolUnderTest underTest;
    private final Timeline timeline;
    private final Watchtower watchtower;
    private final WatchedNode watched;
    private final String again;
    private final long begun = System.nanoTime();

    LocalDriver(
            Application<C, R, ?> application,
            ProtocolUnderTest underTest,
            int size,
            String config,
            Ledger<C, R> ledger,
            Timeline timeline,
            Watchtower watchtower,
            String again) {
        this.underTest = underTest;
        this.timeline = timeline;
        this.watchtower = watchtower;
        this.again = again;
        this.watched = new WatchedNode(size, watchtower::signed);
        cluster = LocalCluster.of(size, application)
                .config(config)
                .protocol(underTest.name())
                .correct(watched::around)
                .network(watched::around)
                .observer((validator, observation) -> observed(validator.index(), observation))
                .start();
        watchtower.watch(underTest, cluster.protocol(), anySetup());
        clients = new LiveClients<>(cluster::client, watchtower, ledger);
    }

    /** As any validator has it, but for its secrets. */
    private ConsensusSetup anySetup() {
        return new ConsensusSetup(
                new ValidatorId(0),
                cluster.validators(),
                cluster.domain(),
                cluster.scheme(),
                new NoSigner(cluster.validators().key(new ValidatorId(0))),
                CommandPayloads.INSTANCE);
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
    public void pass(Duration duration) {
        Duration end = elapsed().plus(duration);
        while (elapsed().compareTo(end) < 0) {
            step();
        }
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Override
    public void kill(int validator) {
        cluster.kill(validator);
        cluster.node(validator).stopped().toCompletableFuture().join();
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

    @Override
    public void pause(int validator) {
        throw lacking(Capability.PAUSE);
    }

    @Override
    public void resume(int validator) {
        throw lacking(Capability.PAUSE);
    }

    @Override
    public void delay(int from, int to, Duration by) {
        throw lacking(Capability.DELAY);
    }

    private static UnsupportedOperationException lacking(Capability capability) {
        return new UnsupportedOperationException(World.ONE_JVM.lacks(capability).orElse("there is " + capability));
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
    public String again() {
        return again;
    }

    @Override
    public void close() {
        clients.close();
        cluster.close();
    }
}
