package dev.parley.validator;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Computation;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Sample;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.log.CommandBatch;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import dev.parley.storage.Storage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/** Gives the {@link ValidatorEngine} a mailbox, timers, a network and a disk. No logic of consensus. */
final class ValidatorActor {
    sealed interface Command {}

    /** The first, once all neighbours exist. */
    record Start(ActorRef<MempoolActor.Request> mempool, ActorRef<ExecutorActor.Command> executor) implements Command {}

    record FromPeer(ValidatorId peer, List<PeerMessage> messages, Runnable done) implements Command {}

    record PayloadReady(long ticket, Payload payload) implements Command {}

    record PayloadChecked(BlockId block, boolean accepted) implements Command {}

    /** The payload is at fault, or the application does not want it. */
    record PayloadRefused(BlockId block, String why) implements Command {}

    record WorkPending(boolean pending) implements Command {}

    record GetReport(ActorRef<CoreReport> replyTo) implements Command {}

    private record TimerElapsed(TimerId timer) implements Command {}

    private record Computed(long ticket, Computation.Result result) implements Command {}

    /** @param failure null if the batch is durable */
    private record Written(long number, @Nullable Throwable failure) implements Command {}

    private record ComputationFailed(long ticket, Throwable why) implements Command {}

    private enum Signal implements Command {
        /** Behind everything that was in the mailbox when a batch began to gather: one sync covers it all. */
        FLUSH
    }

    private final ConsensusSetup setup;
    private final Storage storage;
    private final Network.Link link;
    private final Executor computations;
    private final Executor disk;
    private final Observer observer;
    private final Consumer<Refusal> refused;
    private final Consumer<DecidedBlock> appended;
    private final IntConsumer awaiting;
    private final ActorRef<Command> self;
    private final TimerScheduler<Command> timers;
    private final ValidatorEngine engine;

    private @Nullable Start neighbours;
    /** Peers whose requests for blocks are being answered. */
    private final Set<ValidatorId> served = ConcurrentHashMap.newKeySet();

    private boolean flushScheduled;
    /** What is persisted meanwhile gathers: one sync will cover it all. */
    private boolean writing;

    private long written;

    private ValidatorActor(
            ConsensusSetup setup,
            ConsensusCore core,
            EngineSettings settings,
            Storage storage,
            Network.Link link,
            Executor computations,
            Executor disk,
            Observer observer,
            Consumer<Refusal> refused,
            Consumer<DecidedBlock> appended,
            IntConsumer awaiting,
            ActorRef<Command> self,
            TimerScheduler<Command> timers) {
        this.setup = setup;
        this.storage = storage;
        this.link = link;
        this.computations = computations;
        this.disk = disk;
        this.observer = observer;
        this.refused = refused;
        this.appended = appended;
        this.awaiting = awaiting;
        this.self = self;
        this.timers = timers;
        this.engine = new ValidatorEngine(setup.self(), setup.validators(), core, settings, new ActorWorld());
    }

    /**
     * @param computations runs what the core wants computed, never on this actor's thread
     * @param disk runs what waits for the storage, where that {@linkplain Storage#blocks blocks}
     * @param refused told of messages that the core refused, and of payloads that were
     * @param appended told of each block that became durable
     * @param awaiting told which peer's blocks are awaited, -1 for none
     */
    static Behavior<Command> create(
            ConsensusSetup setup,
            ConsensusCore core,
            EngineSettings settings,
            Storage storage,
            Network.Link link,
            Executor computations,
            Executor disk,
            Observer observer,
            Consumer<Refusal> refused,
            Consumer<DecidedBlock> appended,
            IntConsumer awaiting) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            ValidatorActor actor = new ValidatorActor(
                    setup,
                    core,
                    settings,
                    storage,
                    link,
                    computations,
                    disk,
                    observer,
                    refused,
                    appended,
                    awaiting,
                    context.getSelf(),
                    timers);
            return Behaviors.receiveMessage(command -> {
                actor.on(command);
                return Behaviors.same();
            });
        }));
    }

    private void on(Command command) {
        switch (command) {
            case Start start -> {
                neighbours = start;
                engine.start(storage.load());
            }
            case FromPeer fromPeer -> {
                fromPeer.messages().forEach(message -> engine.received(fromPeer.peer(), message));
                fromPeer.done().run();
            }
            case PayloadReady ready -> engine.payloadReady(ready.ticket(), ready.payload());
            case PayloadChecked checked -> engine.payloadChecked(checked.block(), checked.accepted());
            case PayloadRefused refusal -> engine.payloadRefused(refusal.block(), refusal.why());
            case Computed computed -> engine.computed(computed.ticket(), computed.result());
            case ComputationFailed failed ->
                throw new IllegalStateException("computation " + failed.ticket() + " of the core failed", failed.why());
            case WorkPending work -> engine.workPending(work.pending());
            case TimerElapsed elapsed -> engine.timerFired(elapsed.timer());
            case GetReport get -> get.replyTo().tell(engine.report());
            case Written done -> {
                writing = false;
                if (done.failure() != null) {
                    throw new IllegalStateException(
                            String.valueOf(done.failure().getMessage()), done.failure());
                }
                written = done.number();
                engine.durable(written);
            }
            case Signal signal -> {
                flushScheduled = false;
                if (!writing) {
                    engine.flush();
                    engine.durable(written);
                }
            }
        }
        awaiting.accept(engine.awaitedPeer());
        if (!flushScheduled && !writing && !engine.isQuiet()) {
            flushScheduled = true;
            self.tell(Signal.FLUSH);
        }
    }

    private final class ActorWorld implements World {
        @Override
        public void send(ValidatorId to, PeerMessage message) {
            link.send(to, message);
        }

        @Override
        public void broadcast(PeerMessage message) {
            link.broadcast(message);
        }

        @Override
        public void startTimer(TimerId timer, Duration delay) {
            timers.startSingleTimer(timer, new TimerElapsed(timer), delay);
        }

        @Override
        public void cancelTimer(TimerId timer) {
            timers.cancel(timer);
        }

        /** A failure here stops the actor for good: what was signed may not be on disk (nothing supervises it back to life). */
        @Override
        public void write(long number, List<Storage.Write> batch) {
            if (!storage.blocks()) {
                storage.write(batch);
                written = number;
                return;
            }
            writing = true;
            disk.execute(() -> {
                Throwable failure = null;
                try {
                    storage.write(batch);
                } catch (RuntimeException | Error e) {
                    failure = e;
                }
                self.tell(new Written(number, failure));
            });
        }

        /** One request of each peer at a time: who sends more gets no more of the disk. */
        @Override
        public void serve(ValidatorId to, long fromHeight, int maxBlocks, long maxBytes) {
            if (!storage.blocks()) {
                link.send(to, new PeerMessage.Entries(storage.read(fromHeight, maxBlocks, maxBytes)));
            } else if (served.add(to)) {
                disk.execute(() -> {
                    try {
                        link.send(to, new PeerMessage.Entries(storage.read(fromHeight, maxBlocks, maxBytes)));
                    } finally {
                        served.remove(to);
                    }
                });
            }
        }

        @Override
        public void requestPayload(long ticket, BlockId parent, boolean evenIfEmpty, @Nullable Sample sample) {
            neighbours().mempool().tell(new MempoolActor.Build(ticket, parent, evenIfEmpty, sample));
        }

        @Override
        public void checkPayload(BlockId block, BlockId parent, Payload payload, boolean certified) {
            neighbours().mempool().tell(new MempoolActor.Check(block, parent, commands(payload), certified));
        }

        /** The result goes to this incarnation's mailbox: none that comes after finds it. */
        @Override
        public void compute(long ticket, Computation work) {
            computations.execute(() -> {
                Command done;
                try {
                    done = new Computed(ticket, work.run());
                } catch (RuntimeException | Error e) {
                    done = new ComputationFailed(ticket, e);
                }
                self.tell(done);
            });
        }

        @Override
        public void ordered(DecidedBlock block) {
            neighbours()
                    .mempool()
                    .tell(new MempoolActor.Decided(block.id(), commands(block.payload()), block.height()));
        }

        @Override
        public void decided(DecidedBlock block) {
            appended.accept(block);
            for (Evidence evidence : commands(block.payload()).evidence()) {
                observer.observed(setup.self(), new Observation.Convicted(block.height(), evidence));
            }
            neighbours().executor().tell(new ExecutorActor.Execute(block));
        }

        @Override
        public void accuse(Evidence evidence) {
            neighbours().mempool().tell(new MempoolActor.Accuse(evidence));
        }

        @Override
        public void observe(Observation observation) {
            if (observation instanceof Observation.Refused refusal) {
                refused.accept(refusal.refusal());
            } else {
                observer.observed(setup.self(), observation);
            }
        }

        private Start neighbours() {
            if (neighbours == null) {
                throw new IllegalStateException("the validator is not started");
            }
            return neighbours;
        }

        private static CommandBatch commands(Payload payload) {
            return (CommandBatch) payload;
        }
    }
}
