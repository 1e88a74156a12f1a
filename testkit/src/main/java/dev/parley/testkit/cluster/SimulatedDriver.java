package dev.parley.testkit.cluster;

import dev.parley.app.Application;
import dev.parley.app.CommandFailedException;
import dev.parley.app.ExecutedBlock;
import dev.parley.app.Outcome;
import dev.parley.client.Receipt;
import dev.parley.client.RefusedException;
import dev.parley.client.UnknownOutcomeException;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.Fault;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.SimulatedCluster;
import dev.parley.testkit.sim.Swarm;
import dev.parley.validator.ValidatorNode.StateAt;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A cluster in the simulator. Its client has its answer once f + 1 correct validators have executed a command alike, and brings a command to the next
 * validator when it has waited for long.
 */
final class SimulatedDriver<C, R> implements Driver<C, R>, SimulatedCluster.Listener {
    private static final long RETRY_MICROS = 400_000;

    private final Application<C, R, ?> application;
    private final ProtocolUnderTest protocol;
    private final Ledger<C, R> ledger;
    private final Timeline timeline;
    private final Watchtower watchtower;
    private final SimulatedCluster cluster;
    private final String again;
    private final Map<CommandId, Pending> pending = new HashMap<>();
    /** In the order of when they are brought again. */
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();

    SimulatedDriver(
            Application<C, R, ?> application,
            ProtocolUnderTest protocol,
            int size,
            Set<Fault> weather,
            long seed,
            Witness<C, R> witness,
            String again) {
        this.application = application;
        this.protocol = protocol;
        this.ledger = witness.ledger();
        this.timeline = witness.timeline();
        this.watchtower = witness.watchtower();
        this.again = again;
        RandomStream random = new RandomStream(seed);
        this.cluster = new SimulatedCluster(
                protocol, size, Swarm.weather(random.split(30), weather), random.split(31), application);
    }

    /** A command that has no answer yet. */
    private final class Pending {
        private final Command command;
        private final CompletableFuture<Receipt<R>> receipt = new CompletableFuture<>();
        private final Set<Integer> executedBy = new HashSet<>();
        private int home;
        private long againMicros;

        private Pending(Command command, int home) {
            this.command = command;
            this.home = home;
        }
    }

    @Override
    public void start() {
        cluster.listen(this);
    }

    @Override
    public CompletionStage<Receipt<R>> submit(int first, C command) {
        byte[] content = application.commands().encode(command);
        Optional<String> objection = cluster.objection(first, content);
        if (objection.isPresent()) {
            return CompletableFuture.failedFuture(new RefusedException(objection.get()));
        }
        Pending asked = new Pending(cluster.command(content), first);
        pending.put(asked.command.id(), asked);
        bring(asked);
        return asked.receipt;
    }

    private void bring(Pending asked) {
        var unused = cluster.bring(asked.home, asked.command);
        asked.againMicros = cluster.now() + RETRY_MICROS;
        waiting.add(asked);
    }

    @Override
    public void step() {
        if (cluster.isIdle()) {
            cluster.runFor(Duration.ofNanos(RETRY_MICROS * 1000));
        } else {
            cluster.step();
        }
        bringAgain();
    }

    @Override
    public void pass(Duration duration) {
        Duration end = elapsed().plus(duration);
        while (elapsed().compareTo(end) < 0) {
            Duration left = end.minus(elapsed());
            Duration slice = Duration.ofNanos(RETRY_MICROS * 500);
            cluster.runFor(left.compareTo(slice) < 0 ? left : slice);
            bringAgain();
        }
    }

    private void bringAgain() {
        while (!waiting.isEmpty() && waiting.element().againMicros <= cluster.now()) {
            Pending late = waiting.remove();
            if (!late.receipt.isDone()) {
                late.home = (late.home + 1) % cluster.size();
                bring(late);
            }
        }
    }

    @Override
    public void observed(long micros, ValidatorId validator, Observation observation) {
        watchtower.observed(validator.index(), observation);
        Timeline.words(protocol.protocol(), observation)
                .ifPresent(words -> timeline.told(elapsed(), validator.index(), words));
    }

    @Override
    public void decided(long micros, ValidatorId validator, DecidedBlock block) {
        ledger.decided(block);
    }

    @Override
    public void executed(long micros, ValidatorId validator, ExecutedBlock block) {
        for (int i = 0; i < block.commands().size(); i++) {
            Pending asked = pending.get(block.commands().get(i).id());
            if (asked != null && block.outcomes().get(i).code() != Outcome.Code.DUPLICATE) {
                asked.executedBy.add(validator.index());
                if (asked.executedBy.size() > (cluster.size() - 1) / 3) {
                    pending.remove(asked.command.id());
                    answer(asked, block, i);
                }
            }
        }
    }

    private void answer(Pending asked, ExecutedBlock block, int index) {
        Outcome outcome = block.outcomes().get(index);
        switch (outcome.code()) {
            case OK ->
                asked.receipt.complete(new Receipt<>(
                        application.results().decode(outcome.bytes()), block.height(), index, block.block()));
            case FAILED, ERROR -> asked.receipt.completeExceptionally(new CommandFailedException(outcome.text()));
            default -> asked.receipt.completeExceptionally(new UnknownOutcomeException("it gave " + outcome));
        }
    }

    @Override
    public Duration elapsed() {
        return Duration.ofNanos(cluster.now() * 1000);
    }

    @Override
    public void kill(int validator) {
        cluster.crash(validator);
    }

    @Override
    public void powerOff(int validator) {
        kill(validator);
    }

    @Override
    public void restart(int validator) {
        cluster.restart(validator);
    }

    @Override
    public void restart(int validator, List<Behaviour> behaviours) {
        cluster.corrupt(validator, behaviours);
        cluster.restart(validator);
    }

    @Override
    public void pause(int validator) {
        cluster.pause(validator);
    }

    @Override
    public void resume(int validator) {
        cluster.resume(validator);
    }

    @Override
    public void cut(int from, int to) {
        cluster.cut(from, to);
    }

    @Override
    public void delay(int from, int to, Duration by) {
        cluster.delay(from, to, by);
    }

    @Override
    public void heal() {
        cluster.heal();
    }

    @Override
    public long height(int validator) {
        return cluster.height(validator);
    }

    @Override
    public Optional<StateAt> state(int validator) {
        return Optional.of(new StateAt(cluster.height(validator), cluster.stateHash(validator)));
    }

    @Override
    public String status(int validator) {
        return cluster.report(validator).toString();
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
    public void close() {}
}
