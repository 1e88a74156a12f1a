package dev.parley.validator;

import dev.parley.app.Application;
import dev.parley.app.Executor;
import dev.parley.app.RootCollector;
import dev.parley.app.StateMachine;
import dev.parley.client.CommandReceipt;
import dev.parley.client.LogEntry;
import dev.parley.client.RefusedException;
import dev.parley.client.ReplicatedLog;
import dev.parley.client.UnknownOutcomeException;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import dev.parley.log.CommandPayloads;
import dev.parley.logging.LogContext;
import dev.parley.mempool.Mempool;
import dev.parley.mempool.ProvenEvidence;
import dev.parley.network.Network;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.storage.Snapshot;
import dev.parley.storage.Storage;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * One validator, whole: the actors around its core, joined to a network. Thread-safe. If one of its actors fails, all stop, and nothing
 * starts them again: what was signed and what is on disk might not agree.
 */
public final class ValidatorNode implements AutoCloseable {
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(10);

    /**
     * All that is given to a node at its start.
     *
     * @param setup with {@link CommandPayloads}, which say whose commands are whose
     * @param mayContradictItself whether the protocol is made to misbehave; else a validator that is proven to have contradicted itself knows
     *     that somebody else has its key, or that its disk was set back, and stops
     */
    public record Parts<C, R, S>(
            ConsensusProtocol protocol,
            ConsensusSetup setup,
            Application<C, R, S> application,
            NodeSettings settings,
            Network network,
            Storage storage,
            LongSupplier clockMillis,
            Observer observer,
            boolean mayContradictItself,
            NodeThreads threads) {}

    /** The state of a validator's machine after a height. */
    public record StateAt(long height, Digest stateHash) {}

    private record Actors(
            ActorRef<ValidatorActor.Command> validator,
            ActorRef<MempoolActor.Request> mempool,
            ActorRef<ExecutorActor.Command> executor,
            ActorRef<GatewayActor.Request> gateway) {}

    private enum Signal {
        STOP,
        /** The storage has gone on from a snapshot of peers, or the validator may sign again: all actors begin anew with what it holds. */
        BEGIN_ANEW
    }

    private final LogContext logContext;
    private final ActorSystem<?> system;
    private final LogFeed feed;
    /** Whose commands are whose; one for all of the node, so that what was verified once is not again. */
    private final CommandPayloads clients;
    /** Replaced where the actors are. */
    private volatile CompletableFuture<Actors> actors = new CompletableFuture<>();

    private final CompletionStage<NotUsed> started = actors.thenApply(all -> NotUsed.getInstance());
    private final CompletableFuture<String> stopped = new CompletableFuture<>();
    private final RefusalMeter refusals;
    private final ActorRef<Signal> guardian;
    private volatile boolean closed;

    private <C, R, S> ValidatorNode(LogContext context, ActorSystem<?> system, String name, Parts<C, R, S> parts) {
        this.logContext = context;
        this.system = system;
        this.feed = new LogFeed(parts.storage());
        this.clients = (CommandPayloads) parts.setup().payloads();
        var unused = stopped.thenAccept(feed::stop);
        this.refusals = new RefusalMeter(parts.setup().validators().size());
        this.guardian = system.systemActorOf(guardian(parts), name, DispatcherSelector.fromConfig(NodeThreads.ACTORS));
    }

    /**
     * Starts a validator and joins it to its network; restores what its storage holds.
     *
     * @param name of its actors, unique in the system while they live
     */
    public static <C, R, S> ValidatorNode start(ActorSystem<?> system, String name, Parts<C, R, S> parts) {
        return start(system, name, parts, LogContext.of(parts.setup().self(), parts.protocol()::viewName));
    }

    /** @param context of what the validator logs; told where it is */
    public static <C, R, S> ValidatorNode start(
            ActorSystem<?> system, String name, Parts<C, R, S> parts, LogContext context) {
        return new ValidatorNode(
                context,
                system,
                name,
                new Parts<>(
                        parts.protocol(),
                        parts.setup(),
                        parts.application(),
                        parts.settings(),
                        parts.network(),
                        parts.storage(),
                        parts.clockMillis(),
                        new LogObserver(context).and(parts.observer()),
                        parts.mayContradictItself(),
                        parts.threads()));
    }

    /** Completes once the validator has restored what its storage holds and has joined its network; fails if it could not. */
    public CompletionStage<NotUsed> started() {
        return started;
    }

    public ReplicatedLog log() {
        return new NodeLog();
    }

    /** Why the validator is where it is, now. Fails if the validator has stopped. */
    public CompletionStage<CoreReport> report() {
        return actors.thenCompose(a -> AskPattern.<ValidatorActor.Command, CoreReport>ask(
                a.validator(), ValidatorActor.GetReport::new, ASK_TIMEOUT, system.scheduler()));
    }

    /**
     * Whether the validator takes part and has what a quorum, itself included, says it has decided: whoever waits for it can stop another
     * one then. Fails if the validator has stopped.
     */
    public CompletionStage<Boolean> inStep() {
        return actors.thenCompose(a -> AskPattern.<ValidatorActor.Command, Boolean>ask(
                a.validator(), ValidatorActor.IsInStep::new, ASK_TIMEOUT, system.scheduler()));
    }

    /** The hash of the whole state, and the height it belongs to. */
    public CompletionStage<StateAt> state() {
        return actors.thenCompose(a -> AskPattern.<ExecutorActor.Command, StateAt>ask(
                a.executor(), ExecutorActor.GetState::new, ASK_TIMEOUT, system.scheduler()));
    }

    /** How many messages of a peer were refused for a reason. */
    public long refused(ValidatorId peer, Reason reason) {
        return refusals.of(peer, reason);
    }

    /** Completes with the reason once the validator has stopped, by itself or by {@link #close}. */
    public CompletionStage<String> stopped() {
        return stopped;
    }

    /** Stops at once, as a crash would; what is durable stays in the storage. */
    @Override
    public void close() {
        closed = true;
        guardian.tell(Signal.STOP);
    }

    private <C, R, S> Behavior<Signal> guardian(Parts<C, R, S> parts) {
        return Behaviors.setup(context -> new Guardian<>(context, parts).behavior());
    }

    /** Makes the actors, ends them all when one of them fails, and makes new ones when the storage has gone on from a snapshot. */
    private final class Guardian<C, R, S> {
        private final ActorContext<Signal> context;
        private final Parts<C, R, S> parts;
        private final NodeInbox inbox;
        private final Network.Link link;
        /** Actors that are being ended to make room for new ones. */
        private int ending;

        private Guardian(ActorContext<Signal> context, Parts<C, R, S> parts) {
            this.context = context;
            this.parts = parts;
            ActorRef<Signal> self = context.getSelf();
            this.inbox = new NodeInbox(how -> {
                if (!parts.mayContradictItself()) {
                    fail(parts, how + ": two processes have its key; end one of them for good, then start the other");
                    self.tell(Signal.STOP);
                }
            });
            this.link = parts.network().join(parts.setup().self(), inbox);
            try {
                begin();
            } catch (RuntimeException e) {
                actors.completeExceptionally(e);
                throw e;
            }
        }

        private void begin() {
            Children children = new Children(context, parts, link);
            children.begin();
            inbox.replace(children.gate);
        }

        private Behavior<Signal> behavior() {
            return Behaviors.receive(Signal.class)
                    .onMessage(Signal.class, this::on)
                    .onSignal(Terminated.class, this::terminated)
                    .onSignal(PostStop.class, signal -> {
                        link.close();
                        String why = closed ? "closed" : "the actor system has stopped";
                        stopped.complete(why);
                        actors.completeExceptionally(new IllegalStateException("the validator has stopped: " + why));
                        return Behaviors.same();
                    })
                    .build();
        }

        private Behavior<Signal> on(Signal signal) {
            return switch (signal) {
                case STOP -> end();
                case BEGIN_ANEW -> {
                    inbox.replace(null);
                    actors = new CompletableFuture<>();
                    for (ActorRef<Void> child : context.getChildren()) {
                        ending++;
                        context.stop(child);
                    }
                    yield Behaviors.same();
                }
            };
        }

        private Behavior<Signal> terminated(Terminated terminated) {
            if (ending == 0) {
                String cause = terminated instanceof ChildFailed failed
                        ? " (" + failed.getCause().getMessage() + ")"
                        : "";
                fail(
                        parts,
                        "its actor " + terminated.getRef().path().name() + " failed" + cause + "; the log says more");
                return end();
            }
            if (--ending == 0) {
                try {
                    begin();
                } catch (RuntimeException e) {
                    fail(parts, "it cannot begin anew: " + e.getMessage());
                    return end();
                }
            }
            return Behaviors.same();
        }

        /** The actors are told first: whoever holds them back lets them go now, and they are to do nothing then. */
        private Behavior<Signal> end() {
            context.getChildren().forEach(context::stop);
            parts.threads().ending().run();
            return Behaviors.stopped();
        }
    }

    private void fail(Parts<?, ?, ?> parts, String why) {
        if (!closed && stopped.complete(why)) {
            logContext.around(() -> system.log()
                    .error(
                            "validator {} has stopped and will not be started again: {}",
                            parts.setup().self(),
                            why));
            parts.observer().observed(parts.setup().self(), new Observation.Stopped(why));
        }
    }

    /** The actors of one validator, made in the order in which they need each other. */
    private final class Children {
        private final PeerGate gate;
        private final Awaited awaited;
        private final Consumer<Evidence> contradicted;
        private final Actors all;
        private volatile @Nullable Actors routes;

        private <C, R, S> Children(ActorContext<Signal> context, Parts<C, R, S> parts, Network.Link link) {
            ConsensusSetup setup = parts.setup();
            NodeSettings settings = parts.settings();
            ProvenEvidence proven =
                    new ProvenEvidence(evidence -> parts.protocol().convicts(setup, evidence));
            java.util.concurrent.Executor offCore = parts.threads().verification();
            java.util.concurrent.Executor disk = parts.threads().storage();
            awaited = new Awaited(setup.validators().size());
            gate = new PeerGate(
                    setup.validators().size(),
                    new PeerCodec(parts.protocol().createCodec(setup), setup.payloads()),
                    new PeerVerifier(parts.protocol(), setup, proven, clients::isAuthentic, awaited),
                    offCore,
                    settings.verifiers(),
                    new PeerGate.Limits(settings.inboxMessages(), settings.inboxBytes()),
                    this::route,
                    refusal -> {
                        count(parts, refusal);
                        answerRefused(refusal);
                    },
                    link::distrust,
                    System::nanoTime);

            Executor<C, R, S> executor =
                    new Executor<>(parts.application(), settings.execution(), clients::isAuthentic, logContext);
            Mempool pool = new Mempool(settings.mempool(), proven, clients::isAuthentic);
            replay(parts.storage(), executor, pool);
            RootCollector collector = new RootCollector(
                    setup.validators(),
                    setup.self(),
                    settings.rootWindow(),
                    root -> root.isValid(setup.validators(), setup.scheme(), setup.domain()));

            collector.restored(executor.height());
            feed.restored();

            ActorRef<Signal> guardianRef = context.getSelf();
            Consumer<String> stop = why -> {
                fail(parts, why);
                guardianRef.tell(Signal.STOP);
            };
            contradicted = evidence -> {
                if (evidence.culprit().equals(setup.self()) && !parts.mayContradictItself()) {
                    stop.accept("somebody signs with its key what it has not signed itself (" + evidence
                            + "): two processes have it, or its disk was set back");
                }
            };
            Observer observer = parts.observer().and((validator, observation) -> {
                if (observation instanceof Observation.Convicted convicted) {
                    contradicted.accept(convicted.evidence());
                }
            });
            Props props = parts.threads().actors();
            ActorRef<GatewayActor.Request> gateway =
                    context.spawn(GatewayActor.create(overrides(parts.application(), "check", 1)), "gateway", props);
            Recovery recovery = parts.storage().isRecovering()
                    ? Recovery.of(parts.protocol(), new SecureRandom(), parts.clockMillis(), settings.execution())
                    : null;
            ActorRef<ValidatorActor.Command> validator = context.spawn(
                    ValidatorActor.create(
                            setup,
                            recovery == null ? parts.protocol().createCore(setup) : recovery.core(),
                            settings.engine(),
                            parts.storage(),
                            link,
                            offCore,
                            disk,
                            observer,
                            refusal -> {
                                count(parts, refusal);
                                gate.suspect(refusal.from());
                            },
                            feed::appended,
                            awaited,
                            snapshot -> refuse(parts, snapshot),
                            () -> guardianRef.tell(Signal.BEGIN_ANEW),
                            recovery),
                    "validator",
                    props);
            ActorRef<MempoolActor.Request> mempool = context.spawn(
                    MempoolActor.create(
                            pool,
                            parts.clockMillis(),
                            settings.regossipAfter(),
                            parts.protocol().gossipsCommands(),
                            link,
                            validator,
                            gateway),
                    "mempool",
                    props);
            ActorRef<ExecutorActor.Command> executorActor = context.spawn(
                    ExecutorActor.create(
                            executor,
                            new Snapshots(parts.storage(), settings.storage(), disk, stop),
                            setup,
                            collector,
                            link,
                            gateway,
                            mempool,
                            validator,
                            stop,
                            settings.regossipAfter()),
                    "executor",
                    props);
            List.of(gateway, validator, mempool, executorActor).forEach(context::watch);
            gateway.tell(new GatewayActor.Connect(mempool, executorActor));
            if (overrides(parts.application(), "checkProposal", 2)) {
                mempool.tell(new MempoolActor.AskApplication(executorActor));
            }
            all = new Actors(validator, mempool, executorActor, gateway);
        }

        private void begin() {
            // Before anything can come from a peer.
            all.validator().tell(new ValidatorActor.Start(all.mempool(), all.executor()));
            routes = all;
            actors.complete(all);
        }

        /** Whoever waits for an answer hears that this was none. */
        private void answerRefused(Refusal refusal) {
            Actors to = routes;
            if (to != null && (refusal.reason() == Reason.BAD_CERTIFICATE || refusal.reason() == Reason.BAD_SNAPSHOT)) {
                to.validator().tell(new ValidatorActor.AnswerRefused(refusal.from()));
            }
        }

        /** Each message to the actor that it is for; the lane goes on when all of them have dealt with theirs. */
        private void route(ValidatorId from, List<PeerMessage> messages, Runnable done) {
            Actors to = routes;
            if (to == null) {
                done.run();
                return;
            }
            List<PeerMessage> forValidator = new ArrayList<>(messages.size());
            List<PeerMessage> forExecutor = new ArrayList<>();
            List<PeerMessage> forMempool = new ArrayList<>();
            for (PeerMessage message : messages) {
                switch (message) {
                    case PeerMessage.Commands commands -> forMempool.add(commands);
                    case PeerMessage.Accusations accusations -> {
                        // Each of them convicts: the gate has seen to that.
                        accusations.evidence().forEach(contradicted);
                        forMempool.add(accusations);
                    }
                    case PeerMessage.StateVote vote -> forExecutor.add(vote);
                    case PeerMessage.StateVoteRequest request -> forExecutor.add(request);
                    case PeerMessage.ResultsRequest request -> forExecutor.add(request);
                    case PeerMessage.Results results -> forExecutor.add(results);
                    default -> forValidator.add(message);
                }
            }
            int parts =
                    (forValidator.isEmpty() ? 0 : 1) + (forExecutor.isEmpty() ? 0 : 1) + (forMempool.isEmpty() ? 0 : 1);
            AtomicInteger open = new AtomicInteger(parts);
            Runnable part = () -> {
                if (open.decrementAndGet() == 0) {
                    done.run();
                }
            };
            if (!forValidator.isEmpty()) {
                to.validator().tell(new ValidatorActor.FromPeer(from, forValidator, part));
            }
            if (!forExecutor.isEmpty()) {
                to.executor().tell(new ExecutorActor.FromPeer(from, forExecutor, part));
            }
            if (!forMempool.isEmpty()) {
                to.mempool().tell(new MempoolActor.FromPeer(from, forMempool, part));
            }
        }
    }

    private static <C, R, S> void replay(Storage storage, Executor<C, R, S> executor, Mempool pool) {
        Snapshot snapshot = storage.snapshot();
        if (snapshot != null) {
            try {
                executor.restore(snapshot.content());
            } catch (MalformedException e) {
                throw new IllegalStateException(
                        "the snapshot of height " + snapshot.height() + " cannot be restored: " + e.getMessage()
                                + "; is this the application that took it?",
                        e);
            }
        }
        if (storage.firstHeight() > executor.height() + 1) {
            throw new IllegalStateException("the log begins at height " + storage.firstHeight()
                    + " and there is no snapshot to begin from; start with an empty storage and catch up from peers");
        }
        long next = executor.height() + 1;
        List<DecidedBlock> blocks = storage.read(next, PeerMessage.MAX_ENTRIES, Long.MAX_VALUE);
        while (!blocks.isEmpty()) {
            for (DecidedBlock block : blocks) {
                executor.execute(block);
            }
            next += blocks.size();
            blocks = storage.read(next, PeerMessage.MAX_ENTRIES, Long.MAX_VALUE);
        }
        if (executor.height() > 0) {
            pool.restore(
                    executor.block(),
                    executor.height(),
                    executor.timeMillis(),
                    executor.sessions(),
                    executor.convictions());
        }
    }

    /** Why the application cannot go on from a snapshot, or null. */
    private static <C, R, S> @Nullable String refuse(Parts<C, R, S> parts, Snapshot snapshot) {
        try {
            Executor<C, R, S> trial =
                    new Executor<>(parts.application(), parts.settings().execution());
            trial.restore(snapshot.content());
            return trial.height() == snapshot.height()
                            && trial.block().equals(snapshot.manifest().block())
                    ? null
                    : "it is of height " + trial.height() + ", block " + trial.block();
        } catch (MalformedException e) {
            return String.valueOf(e.getMessage());
        } catch (RuntimeException | Error e) {
            return e.toString();
        }
    }

    private void count(Parts<?, ?, ?> parts, Refusal refusal) {
        if (refusals.count(refusal)) {
            parts.observer().observed(parts.setup().self(), new Observation.Refused(refusal));
        }
    }

    /** Whether the state machine overrides a method of {@link StateMachine} that need not be asked otherwise. */
    private static boolean overrides(Application<?, ?, ?> application, String name, int parameters) {
        Class<?> machine = application.machine().get().getClass();
        for (var method : machine.getMethods()) {
            if (method.getName().equals(name)
                    && method.getParameterCount() == parameters
                    && method.getReturnType().equals(java.util.Optional.class)
                    && !method.getDeclaringClass().equals(StateMachine.class)) {
                return true;
            }
        }
        return false;
    }

    private final class NodeLog implements ReplicatedLog {
        @Override
        public CompletionStage<CommandReceipt> append(Command command) {
            CompletableFuture<CommandReceipt> receipt = new CompletableFuture<>();
            Actors to = actors.getNow(null);
            if (to == null || stopped.isDone()) {
                receipt.completeExceptionally(new UnknownOutcomeException("the validator does not run"));
            } else if (!clients.isAuthentic(command)) {
                // Before it can meet the true one, which may wait here under the same name.
                receipt.completeExceptionally(new RefusedException(GatewayActor.NOT_AUTHENTIC));
            } else {
                to.gateway().tell(new GatewayActor.Append(command, receipt));
            }
            return receipt;
        }

        @Override
        public Source<LogEntry, NotUsed> read(long fromHeight) {
            return feed.read(fromHeight);
        }

        @Override
        public long height() {
            return feed.height();
        }
    }
}
