package dev.parley.testkit.sim;

import dev.parley.app.BlockContext;
import dev.parley.app.ExecutedBlock;
import dev.parley.app.Executor;
import dev.parley.app.ExecutorSettings;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Computation;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Restored;
import dev.parley.consensus.Sample;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientSignatures;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.mempool.Admission;
import dev.parley.mempool.Mempool;
import dev.parley.mempool.ProvenEvidence;
import dev.parley.mempool.Verdict;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SignedSnapshot;
import dev.parley.storage.Snapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.check.Violation;
import dev.parley.validator.Awaited;
import dev.parley.validator.EngineSettings;
import dev.parley.validator.Recovery;
import dev.parley.validator.ValidatorEngine;
import dev.parley.validator.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One validator's process: the real engine, pool and executor on a simulated disk, clock and network. What the engine asks of its shell is
 * answered as soon as the engine has returned. As the shell in production does, it writes one batch while another is being made
 * durable, and no more.
 */
final class SimulatedValidator implements World {
    private static final ExecutorSettings EXECUTION =
            new ExecutorSettings(1000, ExecutorSettings.DEFAULT.maxLifetime(), 16, 0);
    private static final long NONE = -1;
    private static final long REPLAY_BYTES = 1 << 30;
    static final long GOSSIP_AGAIN_MICROS = 500_000;
    private static final int GOSSIP_MAX = 64;
    /** So that a snapshot has many. */
    private static final int SNAPSHOT_CHUNK_BYTES = 64;

    private record Check(BlockId block, BlockId parent, CommandBatch payload, boolean certified) {}

    /** A snapshot that the engine wants to go on from. */
    private record Arrived(Snapshot snapshot, DecidedBlock block) {}

    private record Work(long ticket, Computation work) {}

    private final SimulatedCluster cluster;
    private final int index;
    private final ConsensusProtocol honest;
    private ConsensusProtocol protocol;
    private final ConsensusSetup setup;
    private final MessageVerifier verifier;
    private final ProvenEvidence proven;
    private final EngineSettings settings;
    private boolean faulty;
    private final SimulatedDisk disk = new SimulatedDisk();
    private final RandomStream nonces;
    private final Timers timers;
    private final long skew;
    private final int drift;

    private boolean up;
    private int incarnation;
    private @Nullable ValidatorEngine engine;
    private Mempool pool;
    private Executor<?, ?, ?> executor;

    private final ArrayDeque<Work> computations = new ArrayDeque<>();
    private final ArrayDeque<Check> checks = new ArrayDeque<>();
    /** Those about which the application is asked once it has executed what is decided. */
    private final List<Check> postponed = new ArrayList<>();

    private @Nullable Arrived arrived;
    /** Null unless it follows because its disk was lost. */
    private @Nullable Recovery recovery;

    private @Nullable Command notice;
    /** The block after which it may sign again, once it is there. */
    private @Nullable DecidedBlock recovered;

    private long ticket = NONE;
    private BlockId ticketParent = BlockId.GENESIS;
    private boolean ticketEvenIfEmpty;
    private @Nullable Sample ticketSample;
    private boolean poolChanged;
    private long batchUnderWay;
    /** The last height of which the oracles know: a crash can come between the sync and the telling. */
    private long told;

    SimulatedValidator(
            SimulatedCluster cluster,
            ConsensusProtocol protocol,
            ConsensusSetup setup,
            MessageVerifier verifier,
            EngineSettings settings,
            boolean faulty,
            long skew,
            int drift,
            RandomStream nonces) {
        this.cluster = cluster;
        this.index = setup.self().index();
        this.honest = protocol;
        this.protocol = protocol;
        this.setup = setup;
        this.verifier = verifier;
        this.proven = new ProvenEvidence(evidence -> protocol.convicts(setup, evidence));
        this.settings = settings;
        this.faulty = faulty;
        this.skew = skew;
        this.drift = drift;
        this.nonces = nonces;
        this.timers = new Timers(cluster.queue(), index);
        this.pool = newPool();
        this.executor = newExecutor();
    }

    boolean isUp() {
        return up;
    }

    boolean isFaulty() {
        return faulty;
    }

    int incarnation() {
        return incarnation;
    }

    /** Whether it has lost its disk, and what it signed binds it still. */
    boolean isRecovering() {
        return !faulty && disk.isRecovering();
    }

    SimulatedDisk disk() {
        return disk;
    }

    ConsensusSetup setup() {
        return setup;
    }

    /** The last height that is decided and durable here. */
    long height() {
        return executor.height();
    }

    CoreReport report() {
        return engine().report();
    }

    /** Begins, or begins again, with what is durable. */
    void start() {
        up = true;
        Restored restored = disk.load();
        pool = newPool();
        executor = newExecutor();
        if (!faulty && incarnation > 0) {
            cluster.watch().restarted(index, restored);
        }
        Snapshot snapshot = disk.durable().snapshot();
        if (snapshot != null) {
            restore(executor, snapshot);
        }
        for (DecidedBlock block : disk.read(executor.height() + 1, Integer.MAX_VALUE, REPLAY_BYTES)) {
            ExecutedBlock executed = executor.execute(block);
            if (block.height() > told) {
                told(block, executed);
            }
        }
        if (executor.height() > 0) {
            pool.restore(
                    executor.block(),
                    executor.height(),
                    executor.timeMillis(),
                    executor.sessions(),
                    executor.convictions());
        }
        if (cluster.signsAtOnce()) {
            disk.recovered();
        }
        recovery = isRecovering() ? Recovery.of(protocol, nonces, this::clockMillis, EXECUTION) : null;
        ValidatorEngine begun = new ValidatorEngine(setup.self(), setup.validators(), core(recovery), settings, this);
        engine = begun;
        begun.start(restored);
        settle();
        gossipLater();
        noticeLater();
    }

    private ConsensusCore core(@Nullable Recovery recovering) {
        if (recovering != null) {
            return recovering.core();
        }
        ConsensusCore core = protocol.createCore(setup);
        return faulty ? new FaultyCore(core) : new WatchedCore(core);
    }

    /** @return whether something was written that is lost */
    boolean crash(RandomStream random) {
        up = false;
        end();
        return disk.crash(random);
    }

    /** It is down, and comes back with an empty disk. */
    void loseDisk() {
        if (up) {
            throw new IllegalStateException("v" + index + " runs");
        }
        disk.lose();
        told = 0;
        if (!faulty) {
            cluster.watch().lostDisk(index);
        }
    }

    private void end() {
        incarnation++;
        engine = null;
        timers.cancelAll();
        computations.clear();
        checks.clear();
        postponed.clear();
        arrived = null;
        recovery = null;
        notice = null;
        recovered = null;
        ticket = NONE;
        poolChanged = false;
    }

    /** It is down: from its next start on it misbehaves. */
    void corrupt(List<Behaviour> behaviours) {
        if (up) {
            throw new IllegalStateException("v" + index + " runs");
        }
        faulty = true;
        protocol = cluster.corrupted(honest, index, behaviours);
    }

    Optional<String> objection(byte[] content) {
        return executor.check(content);
    }

    Digest stateHash() {
        return executor.stateHash();
    }

    void received(int from, PeerMessage message) {
        ValidatorId sender = cluster.id(from);
        switch (message) {
            case PeerMessage.Consensus consensus -> {
                Refusal refusal = verifier.verify(sender, consensus.message());
                if (refusal != null) {
                    observe(new Observation.Refused(refusal));
                    return;
                }
                engine().received(sender, message);
            }
            case PeerMessage.Commands commands -> {
                for (int i = 0; i < commands.commands().size(); i++) {
                    if (pool.admit(commands.commands().get(i), sender, clockMillis()) instanceof Admission.Accepted) {
                        poolChanged = true;
                    }
                }
            }
            case PeerMessage.Accusations accusations -> {
                for (Evidence evidence : accusations.evidence()) {
                    if (!proven.test(evidence)) {
                        observe(new Observation.Refused(new Refusal(
                                sender,
                                Refusal.Reason.BAD_EVIDENCE,
                                "it proves nothing against " + evidence.culprit())));
                        return;
                    }
                    poolChanged |= pool.accuse(evidence, false);
                }
            }
            case PeerMessage.Entries entries -> {
                if (engine().awaited().awaits(sender, Awaited.Kind.BLOCKS)
                        || engine().awaited().awaits(sender, Awaited.Kind.SNAPSHOT_BLOCK)) {
                    engine().received(sender, new PeerMessage.Entries(entries.firstHeight(), proven(entries.blocks())));
                }
            }
            case PeerMessage.Snapshots snapshots -> {
                if (areSigned(sender, snapshots)) {
                    engine().received(sender, snapshots);
                }
            }
            case PeerMessage.Chunk chunk -> {
                if (chunk.manifest().proves(chunk.chunk())) {
                    engine().received(sender, chunk);
                } else {
                    observe(new Observation.Refused(
                            new Refusal(sender, Refusal.Reason.BAD_SNAPSHOT, chunk.chunk() + " is another")));
                    engine().answerRefused(sender);
                }
            }
            case PeerMessage.Status status -> engine().received(sender, status);
            case PeerMessage.EntriesRequest request -> engine().received(sender, request);
            case PeerMessage.SnapshotsRequest request -> engine().received(sender, request);
            case PeerMessage.ChunkRequest request -> engine().received(sender, request);
            // Roots are compared by an oracle instead of by votes.
            case PeerMessage.StateVote ignored -> {}
            case PeerMessage.StateVoteRequest ignored -> {}
            case PeerMessage.ResultsRequest ignored -> {}
            case PeerMessage.Results ignored -> {}
        }
        settle();
    }

    private List<DecidedBlock> proven(List<DecidedBlock> blocks) {
        List<DecidedBlock> proven = new ArrayList<>(blocks.size());
        for (DecidedBlock block : blocks) {
            if (protocol.refuteDecision(setup, block) != null) {
                break;
            }
            proven.add(block);
        }
        return proven;
    }

    private boolean areSigned(ValidatorId sender, PeerMessage.Snapshots snapshots) {
        return snapshots.snapshots().stream()
                .allMatch(each -> each.isSignedBy(setup.validators().key(sender), setup.scheme(), setup.domain()));
    }

    void timerEvent(int slot) {
        if (timers.elapsed(slot, cluster.now()) && up) {
            engine().timerFired(timers.name(slot));
            settle();
        }
    }

    /** @param number of the batch that the disk has done */
    void durable(long number) {
        disk.sync();
        engine().durable(number);
        settle();
    }

    /** A client brings a command. */
    Admission submit(Command command) {
        return submit(List.of(command), true);
    }

    /**
     * @param gossip whether the others are to be told, in one message, if the protocol gossips
     * @return the first answer that is no acceptance, else acceptance
     */
    Admission submit(List<Command> commands, boolean gossip) {
        Admission result = null;
        List<Command> accepted = new ArrayList<>(commands.size());
        for (Command command : commands) {
            Admission admission = pool.admit(command, null, clockMillis());
            if (admission instanceof Admission.Accepted) {
                accepted.add(command);
            }
            if (result == null || result instanceof Admission.Accepted) {
                result = admission;
            }
        }
        if (result == null) {
            throw new IllegalArgumentException("there is no command to take in");
        }
        if (!accepted.isEmpty()) {
            poolChanged = true;
            if (gossip && protocol.gossipsCommands()) {
                broadcast(new PeerMessage.Commands(accepted));
            }
            settle();
        }
        return result;
    }

    void gossipAgain() {
        List<Command> old = protocol.gossipsCommands()
                ? pool.pendingOlderThan(GOSSIP_AGAIN_MICROS / 1000, clockMillis(), GOSSIP_MAX)
                : List.of();
        if (!old.isEmpty()) {
            cluster.count(Counter.GOSSIPED_AGAIN);
            broadcast(new PeerMessage.Commands(old));
        }
        List<Evidence> accusations = pool.pendingAccusations(PeerMessage.MAX_ACCUSATIONS);
        if (!accusations.isEmpty()) {
            broadcast(new PeerMessage.Accusations(accusations));
        }
        if (asksApplication()) {
            pool.takeBack();
            poolChanged = true;
            settle();
        }
        gossipLater();
    }

    private void gossipLater() {
        // What is measured loses nothing, so nothing needs to be told twice.
        if (!cluster.isMeasured()) {
            cluster.queue().add(cluster.now() + GOSSIP_AGAIN_MICROS, Event.Kind.GOSSIP, index).incarnation =
                    incarnation;
        }
    }

    /** It tells its peers what it wants ordered, until it has recovered. */
    void notifyPeers() {
        if (recovery != null) {
            Command present = recovery.notice();
            if (notice == null || !notice.equals(present)) {
                notice = present;
                cluster.watch().submitted(present);
            }
            broadcast(new PeerMessage.Commands(List.of(present)));
            noticeLater();
        }
    }

    private void noticeLater() {
        if (recovery != null) {
            cluster.queue()
                    .add(cluster.now() + settings.statusInterval().toNanos() / 1000, Event.Kind.NOTICE, index)
                    .incarnation = incarnation;
        }
    }

    /** Answers what the engine asked, tells it of new work, and lets it write, until nothing is left to do now. */
    private void settle() {
        ValidatorEngine running = engine();
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Work work = computations.poll(); work != null; work = computations.poll()) {
                compute(running, work);
            }
            for (Check check = checks.poll(); check != null; check = checks.poll()) {
                answer(running, check);
            }
            if (poolChanged) {
                poolChanged = false;
                running.workPending(pool.hasPending());
                busy = true;
            }
            if (ticket != NONE) {
                Optional<CommandBatch> batch = build();
                if (batch.isPresent()) {
                    long answered = ticket;
                    ticket = NONE;
                    running.payloadReady(answered, batch.get());
                    busy = true;
                }
            }
            if (checks.isEmpty() && computations.isEmpty() && !disk.isBusy()) {
                running.flush();
                if (disk.isBusy()) {
                    long delay = cluster.syncDelay();
                    if (delay == 0) {
                        disk.sync();
                        running.durable(batchUnderWay);
                        busy = true;
                    } else {
                        Event event = cluster.queue().add(cluster.now() + delay, Event.Kind.DURABLE, index);
                        event.incarnation = incarnation;
                        event.number = batchUnderWay;
                    }
                }
            }
            busy |= !checks.isEmpty() || !computations.isEmpty();
        }
        Arrived from = arrived;
        if (recovered != null) {
            takePart(recovered);
        } else if (from != null) {
            arrived = null;
            goOnFrom(from);
        }
    }

    private void compute(ValidatorEngine running, Work work) {
        Computation.Result result;
        try {
            result = work.work().run();
        } catch (RuntimeException e) {
            if (faulty) {
                return;
            }
            throw new Violation("cores do not fail", "v" + index + " in computation " + work.ticket() + ": " + e);
        }
        running.computed(work.ticket(), result);
    }

    private void answer(ValidatorEngine running, Check check) {
        if (check.certified()) {
            pool.register(check.block(), check.parent(), check.payload());
            running.payloadChecked(check.block(), true);
            return;
        }
        switch (pool.check(check.block(), check.parent(), check.payload(), clockMillis())) {
            case Verdict.Refused(Verdict.Fault fault, String reason) -> {
                if (fault == Verdict.Fault.UNKNOWN_PARENT) {
                    running.payloadChecked(check.block(), false);
                } else {
                    running.payloadRefused(check.block(), reason);
                }
            }
            case Verdict.Accepted accepted -> {
                if (!asksApplication()) {
                    running.payloadChecked(check.block(), true);
                } else if (executor.height() < pool.decidedHeight()) {
                    postponed.add(check);
                } else {
                    answerByApplication(running, check);
                }
            }
        }
    }

    private void answerByApplication(ValidatorEngine running, Check check) {
        Optional<String> objection = executor.checkProposal(
                check.payload().commands(),
                new BlockContext(
                        pool.heightUnder(check.parent()), check.payload().timeMillis()));
        if (objection.isPresent()) {
            cluster.count(Counter.REFUSED_BY_APPLICATION);
            running.payloadRefused(check.block(), objection.get());
        } else {
            running.payloadChecked(check.block(), true);
        }
    }

    private Optional<CommandBatch> build() {
        Optional<CommandBatch> built = pool.build(ticketParent, clockMillis(), ticketEvenIfEmpty, ticketSample);
        if (!asksApplication() || built.isEmpty()) {
            return built;
        }
        if (executor.height() < pool.decidedHeight()) {
            return Optional.empty();
        }
        CommandBatch batch = built.get();
        List<Command> chosen =
                executor.choose(batch.commands(), new BlockContext(pool.heightUnder(ticketParent), batch.timeMillis()));
        poolChanged = true;
        return Optional.of(pool.choose(batch, chosen));
    }

    /** A faulty validator proposes whatever it likes, and votes for it. */
    private boolean asksApplication() {
        return !faulty && cluster.applicationChecks();
    }

    private ValidatorEngine engine() {
        if (engine == null) {
            throw new IllegalStateException("v" + index + " is down");
        }
        return engine;
    }

    /** Off by a bounded skew; drift makes time-outs too long or too short and is corrected here, as by clocks that are synchronised. */
    private long clockMillis() {
        return cluster.startMillis() + (cluster.now() + skew) / 1000;
    }

    @Override
    public void send(ValidatorId to, PeerMessage message) {
        leaves(message);
        cluster.send(index, to.index(), message);
    }

    @Override
    public void broadcast(PeerMessage message) {
        leaves(message);
        for (int to = 0; to < cluster.size(); to++) {
            if (to != index) {
                cluster.send(index, to, message);
            }
        }
    }

    private void leaves(PeerMessage message) {
        if (!faulty && message instanceof PeerMessage.Consensus) {
            cluster.watch().leaves(index, disk.durableRecords());
        }
    }

    @Override
    public void startTimer(TimerId timer, Duration delay) {
        long micros = delay.toNanos() / 1000 * cluster.patience();
        timers.start(timer, cluster.now() + Math.max(1, micros - micros * drift / 1_000_000));
    }

    @Override
    public void cancelTimer(TimerId timer) {
        timers.cancel(timer);
    }

    @Override
    public void write(long number, List<Storage.Write> batch) {
        cluster.count(Counter.SYNCS);
        disk.write(batch);
        batchUnderWay = number;
    }

    @Override
    public void serve(ValidatorId to, long fromHeight, int maxBlocks, long maxBytes) {
        List<DecidedBlock> blocks = disk.read(fromHeight, maxBlocks, maxBytes);
        send(to, new PeerMessage.Entries(disk.durable().firstHeight(), blocks));
    }

    @Override
    public void serveSnapshots(ValidatorId to) {
        send(
                to,
                new PeerMessage.Snapshots(disk.durable().snapshots().stream()
                        .map(manifest -> SignedSnapshot.sign(manifest, setup.signer(), setup.domain()))
                        .toList()));
    }

    @Override
    public void serveChunk(ValidatorId to, SnapshotManifest manifest, int chunk) {
        SnapshotChunk found = disk.durable().chunk(manifest, chunk);
        if (found == null) {
            serveSnapshots(to);
        } else {
            send(to, new PeerMessage.Chunk(manifest, found));
        }
    }

    @Override
    public void install(SnapshotManifest manifest, byte[] content, DecidedBlock block) {
        arrived = new Arrived(Snapshot.of(manifest.height(), manifest.block(), content, manifest.chunkBytes()), block);
    }

    /** As the actor does: what is being written is waited for, what the engine still wanted to write is lost, another one begins. */
    private void goOnFrom(Arrived from) {
        if (from.block().height() <= engine().decidedHeight()) {
            engine().snapshotRefused(from.snapshot().manifest());
            return;
        }
        restore(newExecutor(), from.snapshot());
        while (disk.isBusy()) {
            disk.sync();
        }
        disk.durable().install(from.snapshot(), from.block());
        observe(new Observation.SnapshotInstalled(from.block().height()));
        end();
        told = from.block().height();
        if (!faulty) {
            cluster.watch().installed(index, from.block());
        }
        start();
    }

    /** As the actor does: the protocol's core begins with the log, and no records. */
    private void takePart(DecidedBlock after) {
        while (disk.isBusy()) {
            disk.sync();
        }
        disk.recovered();
        observe(new Observation.Recovered(after.height()));
        end();
        start();
    }

    private static void restore(Executor<?, ?, ?> into, Snapshot snapshot) {
        try {
            into.restore(snapshot.content());
        } catch (MalformedException e) {
            throw new Violation("snapshots can be restored", e.toString());
        }
    }

    @Override
    public void requestPayload(long number, BlockId parent, boolean evenIfEmpty, @Nullable Sample sample) {
        ticket = number;
        ticketParent = parent;
        ticketEvenIfEmpty = evenIfEmpty;
        ticketSample = sample;
    }

    @Override
    public void compute(long number, Computation work) {
        computations.add(new Work(number, work));
    }

    @Override
    public void checkPayload(BlockId block, BlockId parent, Payload payload, boolean certified) {
        checks.add(new Check(block, parent, (CommandBatch) payload, certified));
    }

    @Override
    public void ordered(DecidedBlock block) {
        // In the order in which the engine asked: what it wanted checked before comes before.
        for (Check check : checks) {
            pool.register(check.block(), check.parent(), check.payload());
        }
        CommandBatch batch = (CommandBatch) block.payload();
        pool.decided(block.id(), batch, block.height());
        if (!batch.commands().isEmpty()) {
            pool.takeBack();
        }
        poolChanged = true;
    }

    @Override
    public void decided(DecidedBlock block) {
        ExecutedBlock executed = executor.execute(block);
        told(block, executed);
        if (cluster.isSnapshotDue(block.height())) {
            disk.durable()
                    .save(Snapshot.of(block.height(), block.id(), executor.snapshotBytes(), SNAPSHOT_CHUNK_BYTES));
        }
        checks.addAll(postponed);
        postponed.clear();
        for (Evidence evidence : executed.convicted()) {
            observe(new Observation.Convicted(block.height(), evidence));
        }
        cluster.answerClients(index, (CommandBatch) block.payload());
        if (recovery != null && recovered == null && recovery.decided(block)) {
            recovered = block;
        }
    }

    private void told(DecidedBlock block, ExecutedBlock executed) {
        told = block.height();
        if (!faulty) {
            cluster.decided(index, block, executed);
        }
    }

    @Override
    public void accuse(Evidence evidence) {
        if (pool.accuse(evidence, true)) {
            poolChanged = true;
            broadcast(new PeerMessage.Accusations(List.of(evidence)));
        }
    }

    @Override
    public void observe(Observation observation) {
        cluster.observed(index, faulty, observation);
    }

    private Mempool newPool() {
        return new Mempool(cluster.poolSettings(), proven, ClientSignatures::isWithoutKey);
    }

    private Executor<?, ?, ?> newExecutor() {
        return new Executor<>(cluster.application(), EXECUTION);
    }

    /** A core that fails is one more way to be faulty: it says nothing in that step, as if it had not been told. */
    private record FaultyCore(ConsensusCore core) implements ConsensusCore {
        @Override
        public List<Effect> handle(Input input) {
            try {
                return core.handle(input);
            } catch (IllegalStateException e) {
                return List.of();
            }
        }

        @Override
        public CoreReport report() {
            return core.report();
        }
    }

    /** Shows oracles what goes into a correct core and what comes out. */
    private final class WatchedCore implements ConsensusCore {
        private final ConsensusCore core;

        private WatchedCore(ConsensusCore core) {
            this.core = core;
        }

        @Override
        public List<Effect> handle(Input input) {
            List<Effect> effects;
            try {
                effects = core.handle(input);
            } catch (Violation violation) {
                throw violation;
            } catch (RuntimeException e) {
                throw new Violation("cores do not fail", "v" + index + " on " + input + ": " + e);
            }
            cluster.watch().stepped(index, input, effects);
            return effects;
        }

        @Override
        public CoreReport report() {
            return core.report();
        }
    }
}
