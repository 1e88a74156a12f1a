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
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.Snapshot;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
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

    /** What a peer answered to a request for blocks or a snapshot was false. */
    record AnswerRefused(ValidatorId peer) implements Command {}

    record GetReport(ActorRef<CoreReport> replyTo) implements Command {}

    /** Asks whether it takes part and has what the others have decided. */
    record IsInStep(ActorRef<Boolean> replyTo) implements Command {}

    private record TimerElapsed(TimerId timer) implements Command {}

    private record Computed(long ticket, Computation.Result result) implements Command {}

    /** @param failure null if the batch is durable */
    private record Written(long number, @Nullable Throwable failure) implements Command {}

    /** @param objection null if the application takes the snapshot */
    private record SnapshotTried(
            Snapshot snapshot, DecidedBlock block, @Nullable String objection) implements Command {}

    /** @param failure null if another incarnation can begin */
    private record Ended(@Nullable Throwable failure) implements Command {}

    private record ComputationFailed(long ticket, Throwable why) implements Command {}

    private enum Signal implements Command {
        /** What a validator that recovers wants ordered is told to peers again. */
        NOTICE,
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
    private final Function<Snapshot, @Nullable String> trySnapshot;
    private final Runnable replaced;
    private final @Nullable Recovery recovery;
    private final Duration noticeInterval;
    private final ActorRef<Command> self;
    private final TimerScheduler<Command> timers;
    private final CatchUpServer server;
    private final ValidatorEngine engine;

    private @Nullable Start neighbours;
    private boolean flushScheduled;
    /** What is persisted meanwhile gathers: one sync will cover it all. */
    private boolean writing;

    private long written;

    /** From now on nothing is signed and nothing is written but what this writes: another incarnation begins with it. */
    private @Nullable Ending ending;

    /**
     * How an incarnation ends for another one.
     *
     * @param last changes the storage
     */
    private record Ending(Runnable last, Observation observation) {}

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
            Awaited awaited,
            Function<Snapshot, @Nullable String> trySnapshot,
            Runnable replaced,
            @Nullable Recovery recovery,
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
        this.trySnapshot = trySnapshot;
        this.replaced = replaced;
        this.recovery = recovery;
        this.noticeInterval = settings.statusInterval();
        this.self = self;
        this.timers = timers;
        this.server = new CatchUpServer(
                manifest -> SignedSnapshot.sign(manifest, setup.signer(), setup.domain()), storage, link, disk);
        this.engine = new ValidatorEngine(setup.self(), setup.validators(), core, settings, new ActorWorld(), awaited);
    }

    /**
     * @param computations runs what the core wants computed, never on this actor's thread
     * @param disk runs what waits for the storage, where that {@linkplain Storage#blocks blocks}
     * @param refused told of messages that the core refused, and of payloads that were
     * @param appended told of each block that became durable
     * @param awaited says what peers were asked for
     * @param trySnapshot says why the application does not take a snapshot, or null; not called on this actor's thread
     * @param replaced told that this actor does nothing any more, and that another one is to begin with what the storage holds
     * @param recovery says when another core may begin, where this one is to sign nothing; else null
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
            Awaited awaited,
            Function<Snapshot, @Nullable String> trySnapshot,
            Runnable replaced,
            @Nullable Recovery recovery) {
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
                    awaited,
                    trySnapshot,
                    replaced,
                    recovery,
                    context.getSelf(),
                    timers);
            return Behaviors.receiveMessage(command -> {
                actor.on(command);
                return Behaviors.same();
            });
        }));
    }

    private void on(Command command) {
        if (ending != null) {
            onWhileEnding(command, ending);
            return;
        }
        switch (command) {
            case Start start -> {
                neighbours = start;
                engine.start(storage.load());
                // Who is further says so, and all know soon whether they are in step.
                link.broadcast(new PeerMessage.Status(engine.decidedHeight()));
                if (recovery != null) {
                    observe(new Observation.Recovering(recovery.toString()));
                    timers.startTimerWithFixedDelay(Signal.NOTICE, noticeInterval);
                }
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
            case AnswerRefused refusal -> engine.answerRefused(refusal.peer());
            case GetReport get -> get.replyTo().tell(engine.report());
            case IsInStep is -> is.replyTo().tell(recovery == null && engine.isInStep());
            case Written done -> {
                writing = false;
                requireDone(done.failure());
                written = done.number();
                engine.durable(written);
            }
            case SnapshotTried tried -> tried(tried);
            case Ended ended -> throw new IllegalStateException("it has not ended");
            case Signal signal -> on(signal);
        }
        if (ending != null) {
            return;
        }
        if (!flushScheduled && !writing && !engine.isQuiet()) {
            flushScheduled = true;
            self.tell(Signal.FLUSH);
        }
    }

    private static void requireDone(@Nullable Throwable failure) {
        if (failure != null) {
            throw new IllegalStateException(String.valueOf(failure.getMessage()), failure);
        }
    }

    private void on(Signal signal) {
        switch (signal) {
            case NOTICE -> {
                if (recovery != null) {
                    link.broadcast(new PeerMessage.Commands(List.of(recovery.notice())));
                }
            }
            case FLUSH -> {
                flushScheduled = false;
                if (!writing) {
                    engine.flush();
                    engine.durable(written);
                }
            }
        }
    }

    private void tried(SnapshotTried tried) {
        long height = tried.block().height();
        if (tried.objection() != null) {
            observe(new Observation.SnapshotUnusable(height, tried.objection()));
        }
        if (tried.objection() != null || height <= engine.decidedHeight()) {
            engine.snapshotRefused(tried.snapshot().manifest());
        } else {
            end(new Ending(
                    () -> storage.install(tried.snapshot(), tried.block()), new Observation.SnapshotInstalled(height)));
        }
    }

    private void end(Ending how) {
        ending = how;
        if (!writing) {
            writeLast(how);
        }
    }

    /** What the engine wanted to write and had not yet is lost, as in a crash; nothing that depends on it has left. */
    private void onWhileEnding(Command command, Ending how) {
        switch (command) {
            case FromPeer fromPeer -> fromPeer.done().run();
            case GetReport get -> get.replyTo().tell(engine.report());
            case IsInStep is -> is.replyTo().tell(false);
            case Written done -> {
                requireDone(done.failure());
                writeLast(how);
            }
            case Ended ended -> {
                requireDone(ended.failure());
                observe(how.observation());
                replaced.run();
            }
            default -> {}
        }
    }

    private void writeLast(Ending how) {
        disk.execute(() -> {
            Throwable failure = null;
            try {
                how.last().run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            self.tell(new Ended(failure));
        });
    }

    private void observe(Observation observation) {
        observer.observed(setup.self(), observation);
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

        @Override
        public void serve(ValidatorId to, long fromHeight, int maxBlocks, long maxBytes) {
            server.serve(to, fromHeight, maxBlocks, maxBytes);
        }

        @Override
        public void serveSnapshots(ValidatorId to) {
            server.serveSnapshots(to);
        }

        @Override
        public void serveChunk(ValidatorId to, SnapshotManifest manifest, int index) {
            server.serveChunk(to, manifest, index);
        }

        @Override
        public void install(SnapshotManifest manifest, byte[] content, DecidedBlock block) {
            disk.execute(() -> {
                Snapshot snapshot = Snapshot.of(manifest.height(), manifest.block(), content, manifest.chunkBytes());
                self.tell(new SnapshotTried(snapshot, block, trySnapshot.apply(snapshot)));
            });
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
            if (ending == null && recovery != null && recovery.decided(block)) {
                end(new Ending(storage::recovered, new Observation.Recovered(block.height())));
            }
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
