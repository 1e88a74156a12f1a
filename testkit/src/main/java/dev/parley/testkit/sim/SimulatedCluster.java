package dev.parley.testkit.sim;

import dev.parley.app.Application;
import dev.parley.app.ExecutedBlock;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import dev.parley.crypto.IdealSignatures;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import dev.parley.crypto.Signer;
import dev.parley.crypto.SigningDomain;
import dev.parley.crypto.threshold.ThresholdSetup;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.log.CommandPayloads;
import dev.parley.mempool.Admission;
import dev.parley.mempool.MempoolSettings;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.check.ApplicationOracle;
import dev.parley.testkit.check.BlockTimeOracle;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.check.Violation;
import dev.parley.validator.EngineSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Validators, clients, network, disks and clocks of one run, and the queue of what will happen to them. {@link #step} lets the next thing
 * happen, checks everything, and mixes it into {@link #hash}: two runs are the same if and only if their hashes are.
 */
public final class SimulatedCluster {
    /** Is told what happens, for transcripts. */
    public interface Listener {
        void observed(long micros, ValidatorId validator, Observation observation);

        /** A validator's log has its next block, durable. */
        default void decided(long micros, ValidatorId validator, DecidedBlock block) {}

        /** It has executed it too. */
        default void executed(long micros, ValidatorId validator, ExecutedBlock block) {}
    }

    private static final long SHORT_LOG_BYTES = 1 << 20;
    static final String CHAIN = "simulation";
    private static final long START_MILLIS = 1_800_000_000_000L;
    private static final ClientId DIRECT_CLIENT = new ClientId(0x5EED_C11E_4750_0002L, 0);
    private static final long DIRECT_LIFETIME_MILLIS = 9 * 60_000;
    private static final EngineSettings ENGINE = new EngineSettings(
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            1 << 20,
            6,
            0);

    private final Swarm swarm;
    private final EventQueue queue = new EventQueue();
    private final Counters counters = new Counters();
    /** Since the last decision. */
    private final Set<BlockId> proposed = new HashSet<>();
    /** By validator, since it last decided. */
    private final Map<Integer, BlockId> locked = new HashMap<>();

    private final SimulatedNetwork network;
    private final List<ValidatorId> ids = new ArrayList<>();
    private final SimulatedValidator[] validators;
    private final MempoolSettings poolSettings;
    private final @Nullable Measurement measured;
    private final Application<?, ?, ?> application;
    private final RandomStream disks;
    private final RandomStream crashes;
    private final Watch watch;
    private final Clients clients;
    private final RandomStream adversary;
    /** By validator: what happens to it once it is resumed; null while it is not paused. */
    private final @Nullable List<Held>[] paused;

    private @Nullable Listener listener;
    private Scheduler scheduler = Scheduler.PUNCTUAL;
    private long highestView = -1;
    private int leader = -1;
    private @Nullable Faults faults;

    private long now;
    private long events;
    private long hash;
    /** The most that a correct validator's clock is ahead, in microseconds. */
    private long fastestSkew = Long.MIN_VALUE;

    /** 0 for no snapshots. */
    private long snapshotBlocks;

    private boolean calmDisks;
    private boolean signsAtOnce;
    private long highest;
    private long commandsSubmitted;

    /** What would have happened to a validator that is paused. */
    private record Held(
            Event.Kind kind,
            int incarnation,
            long number,
            @Nullable Object subject) {}

    /**
     * @param protocol says how correct validators behave and what must hold
     * @param run what correct validators really run: the protocol, or one with a planted bug
     * @param byzantine behaviours by validator
     */
    public SimulatedCluster(
            ProtocolUnderTest protocol,
            ConsensusProtocol run,
            int size,
            Map<Integer, List<Behaviour>> byzantine,
            Swarm swarm,
            RandomStream random) {
        this(protocol, run, size, byzantine, swarm, random, Tally.application(), null);
    }

    /** Validators that are all correct, and run this application. */
    public SimulatedCluster(
            ProtocolUnderTest protocol, int size, Swarm swarm, RandomStream random, Application<?, ?, ?> application) {
        this(protocol, protocol.protocol(), size, Map.of(), swarm, random, application, null);
    }

    /** Validators that are all correct, with disks that sync at once and good clocks, to be measured. */
    public SimulatedCluster(ProtocolUnderTest protocol, Measurement measurement) {
        this(
                protocol,
                protocol.measured(),
                measurement.links().size(),
                Map.of(),
                Swarm.CALM,
                new RandomStream(1),
                Tally.application(),
                measurement);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of lists
    private SimulatedCluster(
            ProtocolUnderTest protocol,
            ConsensusProtocol run,
            int size,
            Map<Integer, List<Behaviour>> byzantine,
            Swarm swarm,
            RandomStream random,
            Application<?, ?, ?> application,
            @Nullable Measurement measured) {
        this.swarm = swarm;
        this.application = application;
        this.paused = new List[size];
        this.measured = measured;
        this.disks = random.split(1);
        this.crashes = random.split(2);
        this.network = new SimulatedNetwork(size, swarm, queue, random.split(3), counters);
        this.poolSettings = measured == null ? MempoolSettings.of(size) : measured.pool();
        this.validators = new SimulatedValidator[size];
        SignatureScheme shared =
                measured == null ? new IdealSignatures() : measured.schemes().getFirst();
        List<Signer> signers = new ArrayList<>();
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            byte[] secret = new byte[IdealSignatures.SECRET_BYTES];
            secret[0] = (byte) i;
            signers.add(shared.signer(secret));
            keys.add(signers.get(i).publicKey());
            ids.add(new ValidatorId(i));
        }
        ValidatorSet set = ValidatorSet.of(shared, keys);
        SigningDomain domain = new SigningDomain(CHAIN, 0);
        OptionalInt threshold = run.thresholdKeys(size);
        List<ThresholdSetup> thresholds =
                threshold.isEmpty() ? List.of() : protocol.dealer().deal(CHAIN, size, threshold.getAsInt());
        ConsensusSetup[] setups = new ConsensusSetup[size];
        for (int i = 0; i < size; i++) {
            setups[i] = new ConsensusSetup(
                    ids.get(i),
                    set,
                    domain,
                    measured == null ? shared : measured.schemes().get(i),
                    new WatchedSigner(i, signers.get(i)),
                    CommandPayloads.INSTANCE,
                    thresholds.isEmpty() ? null : thresholds.get(i));
        }
        if (measured == null) {
            List<Oracle> oracles = new ArrayList<>();
            oracles.add(new BlockTimeOracle(
                    this::fastestClockMillis, poolSettings.maxAhead().toMillis()));
            if (swarm.applicationChecks()) {
                oracles.add(new ApplicationOracle((command, height) -> Tally.refuses(command.content(), height)));
            }
            this.watch = new Watch(protocol, new Trial(protocol.protocol(), setups[0], this::isFaulty), oracles);
        } else {
            this.watch = Watch.withoutOracles();
            network.measure(new MeasuredNetwork(
                    measured.links(), measured.meter(), new PeerCodec(run.createCodec(setups[0]), CommandBatch::read)));
        }
        MessageVerifier verifier = run.createVerifier(setups[0]);
        RandomStream clocks = random.split(4);
        RandomStream nonces = random.split(7);
        this.adversary = random.split(5);
        for (int i = 0; i < size; i++) {
            ConsensusProtocol runs = corrupted(run, i, byzantine.getOrDefault(i, List.of()));
            long skew = swarm.skew() == 0 ? 0 : clocks.between(-swarm.skew(), swarm.skew());
            if (!byzantine.containsKey(i)) {
                fastestSkew = Math.max(fastestSkew, skew);
            }
            validators[i] = new SimulatedValidator(
                    this,
                    runs,
                    setups[i],
                    measured == null ? verifier : run.createVerifier(setups[i]),
                    ENGINE,
                    byzantine.containsKey(i),
                    skew,
                    swarm.drift() == 0 ? 0 : (int) clocks.between(-swarm.drift(), swarm.drift()),
                    nonces.split(i));
        }
        this.clients = new Clients(this, swarm.clients(), random.split(6));
        for (SimulatedValidator validator : validators) {
            validator.start();
        }
    }

    ConsensusProtocol corrupted(ConsensusProtocol honest, int validator, List<Behaviour> behaviours) {
        ConsensusProtocol runs = honest;
        for (Behaviour behaviour : behaviours) {
            runs = behaviour.corrupt(runs, adversary.split(validator));
            counters.add(Counter.BYZANTINE_VALIDATORS);
        }
        return runs;
    }

    /** Whether nothing will ever happen any more unless somebody does something. */
    public boolean isIdle() {
        return queue.isEmpty();
    }

    /** Lets the next thing happen. */
    @SuppressWarnings("EnumOrdinal") // mixed into a hash that is compared within one version alone
    public void step() {
        now = queue.nextMicros();
        Event event = queue.remove();
        events++;
        mix(now);
        mix((((long) event.kind.ordinal() << 48) | ((long) event.target << 32)) ^ event.number);
        dispatch(event);
        queue.release(event);
        scheduler.happened();
    }

    private void dispatch(Event event) {
        if (isHeld(event)) {
            return;
        }
        switch (event.kind) {
            case DELIVER -> {
                SimulatedValidator target = validators[event.target];
                if (target.isUp() && event.subject instanceof PeerMessage message) {
                    target.received((int) event.number, message);
                }
            }
            case TIMER -> validators[event.target].timerEvent((int) event.number);
            case DURABLE -> {
                if (isCurrent(event)) {
                    validators[event.target].durable(event.number);
                }
            }
            case GOSSIP -> {
                if (isCurrent(event)) {
                    validators[event.target].gossipAgain();
                }
            }
            case NOTICE -> {
                if (isCurrent(event)) {
                    validators[event.target].notifyPeers();
                }
            }
            case CLIENT -> clients.act(event.target, now);
            case REPLY -> clients.replied(event.target, event.number, now);
            case RESTART -> {
                if (faults != null && !faults.isHealed()) {
                    restart(event.target);
                }
            }
            case FAULT, PROGRESS -> {
                if (faults != null) {
                    faults.happen(event);
                }
            }
        }
    }

    /** Whether it happens to a validator that is paused, to which it happens later. */
    private boolean isHeld(Event event) {
        boolean toValidator = switch (event.kind) {
            case DELIVER, TIMER, DURABLE, GOSSIP, NOTICE -> true;
            case CLIENT, REPLY, RESTART, FAULT, PROGRESS -> false;
        };
        List<Held> held = toValidator ? paused[event.target] : null;
        if (held == null) {
            return false;
        }
        held.add(new Held(event.kind, event.incarnation, event.number, event.subject));
        return true;
    }

    /** Stops a validator where it is: what arrives meanwhile, and its clock's ticks, wait for it. */
    public void pause(int validator) {
        if (paused[validator] == null) {
            paused[validator] = new ArrayList<>();
        }
    }

    /** Lets it go on. Does nothing if it is not paused. */
    public void resume(int validator) {
        List<Held> held = paused[validator];
        paused[validator] = null;
        if (held != null) {
            for (Held each : held) {
                Event event = queue.add(now, each.kind(), validator);
                event.incarnation = each.incarnation();
                event.number = each.number();
                event.subject = each.subject();
            }
        }
    }

    /** Messages from one validator to another take so much longer, from now on. */
    public void delay(int from, int to, Duration by) {
        network.slow(from, to, by.toNanos() / 1000);
    }

    /** From its next start on a validator that is down misbehaves, whatever it did before; correct validators are held to what they owe all the same. */
    public void corrupt(int validator, List<Behaviour> behaviours) {
        validators[validator].corrupt(behaviours);
    }

    /** A command of a client that brings its commands itself. */
    public Command command(byte[] content) {
        Command command = new Command(
                new CommandId(DIRECT_CLIENT, ++commandsSubmitted),
                Command.DEFAULT_LANE,
                START_MILLIS + now / 1000 + DIRECT_LIFETIME_MILLIS,
                content);
        counters.add(Counter.COMMANDS);
        watch.submitted(command);
        return command;
    }

    /** Brings it to a validator, for the first time or again; empty if the validator is down or paused. */
    public Optional<Admission> bring(int validator, Command command) {
        return validators[validator].isUp() && paused[validator] == null
                ? Optional.of(validators[validator].submit(command))
                : Optional.empty();
    }

    /** Why the application of a validator would not admit a command. */
    public Optional<String> objection(int validator, byte[] content) {
        return validators[validator].objection(content);
    }

    /** The hash of a validator's state after {@link #height}. */
    public Digest stateHash(int validator) {
        return validators[validator].stateHash();
    }

    private boolean isCurrent(Event event) {
        SimulatedValidator target = validators[event.target];
        return target.isUp() && target.incarnation() == event.incarnation;
    }

    /** Steps until the virtual time has come; the clock then shows it even if nothing happens just then. */
    public void runFor(Duration duration) {
        long end = now + duration.toNanos() / 1000;
        while (!queue.isEmpty() && queue.nextMicros() <= end) {
            step();
        }
        now = end;
    }

    /**
     * Steps until all correct validators that are up have decided a height.
     *
     * @throws Violation if they have not within {@code limit} of virtual time
     */
    public void runUntilHeight(long height, Duration limit) {
        LongPredicate reached = h -> h >= height;
        long end = now + limit.toNanos() / 1000;
        while (!reached.test(lowestHeight())) {
            if (queue.nextMicros() > end) {
                throw new Violation(
                        "progress", "height " + height + " is not reached within " + limit + "; " + reports());
            }
            step();
        }
    }

    /** A client brings a command to one validator. */
    public void submit(int validator, byte[] content) {
        Admission admission = validators[validator].submit(command(content));
        if (!(admission instanceof Admission.Accepted)) {
            throw new IllegalStateException("v" + validator + " refuses the command: " + admission);
        }
    }

    /**
     * Clients bring commands to one validator.
     *
     * @param gossip whether it passes them on to the others, in one message
     * @throws IllegalStateException if it takes not all of them
     */
    public void submit(int validator, List<Command> commands, boolean gossip) {
        commands.forEach(watch::submitted);
        Admission admission = validators[validator].submit(commands, gossip);
        if (!(admission instanceof Admission.Accepted)) {
            throw new IllegalStateException("v" + validator + " refuses a command: " + admission);
        }
    }

    /** Loses from now on what one validator sends to another. */
    public void cut(int from, int to) {
        network.cut(from, to);
    }

    /** Parts the validators whose bits are set from the others. */
    public void partition(long group) {
        network.split(group, true);
    }

    public void heal() {
        network.mendAll();
    }

    /** The process ends; what its disk had not made durable may be lost. Does nothing if it is down. */
    public void crash(int validator) {
        if (validators[validator].isUp()) {
            counters.add(Counter.CRASHES);
            paused[validator] = null;
            if (validators[validator].crash(crashes)) {
                counters.add(Counter.CRASHES_THAT_LOST_WRITES);
            }
        }
    }

    /** The disk of a validator that is down is lost: it comes back with an empty one, and follows until it may sign again. */
    public void loseDisk(int validator) {
        counters.add(Counter.LOST_DISKS);
        validators[validator].loseDisk();
    }

    /** Does nothing if it is up. */
    public void restart(int validator) {
        if (!validators[validator].isUp()) {
            counters.add(Counter.RESTARTS);
            validators[validator].start();
        }
    }

    /** From now on it says when messages arrive; those under way stay as they are. */
    public void schedule(Scheduler by) {
        scheduler = by;
    }

    /** For schedulers: a message that was held, or one that they make up in the name of a Byzantine validator, arrives after {@code micros}. */
    public void deliver(int from, int to, PeerMessage message, long micros) {
        network.enqueue(now + micros, from, to, message);
    }

    /**
     * The keys of a Byzantine validator, which its adversary has.
     *
     * @throws IllegalArgumentException for a correct one
     */
    public ConsensusSetup keysOf(int byzantine) {
        if (!validators[byzantine].isFaulty()) {
            throw new IllegalArgumentException("v" + byzantine + " is correct: its keys are its own");
        }
        return validators[byzantine].setup();
    }

    /** Who leads the highest view that a validator has entered; -1 where nobody does. */
    public int leader() {
        return leader;
    }

    /** Properties of the protocol are not checked any more, only those of all protocols: to see what comes of a planted bug. */
    public void forgive() {
        watch.forgive();
    }

    /**
     * Nothing is checked, and of each log a MiB is kept: what remains is what validators themselves hold in memory. Before anything is
     * submitted. Nobody who is far behind can catch up.
     */
    public void forget() {
        watch.rest();
        for (SimulatedValidator validator : validators) {
            validator.disk().keep(SHORT_LOG_BYTES);
        }
    }

    /**
     * From now on validators take a snapshot at each height that {@code snapshotBlocks} divides and keep {@code keepBlocks} blocks below
     * the newest. Before anything is submitted.
     */
    public void prune(long snapshotBlocks, long keepBlocks) {
        this.snapshotBlocks = snapshotBlocks;
        for (SimulatedValidator validator : validators) {
            validator.disk().keepBlocks(keepBlocks);
        }
    }

    boolean isSnapshotDue(long height) {
        return snapshotBlocks > 0 && height % snapshotBlocks == 0;
    }

    public void listen(Listener to) {
        listener = to;
    }

    /** Virtual time in microseconds. */
    public long now() {
        return now;
    }

    public int size() {
        return validators.length;
    }

    public long events() {
        return events;
    }

    /** Of all that happened so far. */
    public long hash() {
        return hash;
    }

    public Counters counters() {
        return counters;
    }

    /** The lowest decided height of all correct validators that are up; 0 if there are none. */
    public long lowestHeight() {
        long lowest = Long.MAX_VALUE;
        for (SimulatedValidator validator : validators) {
            if (validator.isUp() && !validator.isFaulty()) {
                lowest = Math.min(lowest, validator.height());
            }
        }
        return lowest == Long.MAX_VALUE ? 0 : lowest;
    }

    /** The highest height that a correct validator has decided. */
    public long highestHeight() {
        return highest;
    }

    /** What each validator says of itself. */
    public String reports() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < validators.length; i++) {
            CoreReport report = validators[i].isUp() ? validators[i].report() : null;
            text.append(System.lineSeparator())
                    .append("v")
                    .append(i)
                    .append(validators[i].isFaulty() ? " (Byzantine): " : ": ")
                    .append(report == null ? "down" : report.toString());
        }
        return text.toString();
    }

    public boolean isUp(int validator) {
        return validators[validator].isUp();
    }

    /** The last height that is decided and durable at one validator. */
    public long height(int validator) {
        return validators[validator].height();
    }

    /** What a validator that is up says of itself. */
    public CoreReport report(int validator) {
        return validators[validator].report();
    }

    boolean isMeasured() {
        return measured != null;
    }

    /** How many times as long timers run as the protocol asks for. */
    int patience() {
        return measured == null ? 1 : measured.patience();
    }

    /** Whether a correct validator has lost its disk and may not sign yet. */
    public boolean isRecovering(int validator) {
        return validators[validator].isRecovering();
    }

    /** Whether any correct validator that is up is to recover yet. */
    boolean isAnyRecovering() {
        for (SimulatedValidator validator : validators) {
            if (validator.isUp() && validator.isRecovering()) {
                return true;
            }
        }
        return false;
    }

    /** A planted bug of the shell: who has lost its disk takes part as if it had never signed. */
    void signAtOnce() {
        signsAtOnce = true;
    }

    boolean signsAtOnce() {
        return signsAtOnce;
    }

    boolean isFaulty(int validator) {
        return validators[validator].isFaulty();
    }

    SimulatedValidator validator(int index) {
        return validators[index];
    }

    void follow(Faults plan) {
        faults = plan;
    }

    /** From now on the network and the disks are reliable, and nothing more is pruned. */
    void calmDown() {
        network.heal();
        calmDisks = true;
        // Snapshots every few blocks, fetched in chunks of some bytes, may be gone before they are there, however many
        // are kept.
        snapshotBlocks = 0;
        watch.healed();
    }

    EventQueue queue() {
        return queue;
    }

    SimulatedNetwork network() {
        return network;
    }

    Watch watch() {
        return watch;
    }

    ValidatorId id(int index) {
        return ids.get(index);
    }

    /** What clocks showed at virtual time 0, in milliseconds since 1970. */
    public long startMillis() {
        return START_MILLIS;
    }

    private long fastestClockMillis() {
        return START_MILLIS + (now + fastestSkew) / 1000;
    }

    Application<?, ?, ?> application() {
        return application;
    }

    boolean applicationChecks() {
        return swarm.applicationChecks();
    }

    MempoolSettings poolSettings() {
        return poolSettings;
    }

    /** How long the next sync takes; after healing no longer than a tenth of the worst before. */
    long syncDelay() {
        if (swarm.syncDelay() == 0) {
            return 0;
        }
        return disks.between(1, calmDisks ? Math.max(1, swarm.syncDelay() / 10) : swarm.syncDelay());
    }

    long clientDelay() {
        return swarm.minDelay();
    }

    void count(Counter counter) {
        counters.add(counter);
    }

    void send(int from, int to, PeerMessage message) {
        long late = scheduler.late(from, to, message);
        if (late != Scheduler.HELD) {
            network.send(now, from, to, message, late);
        }
    }

    void decided(int validator, DecidedBlock block, ExecutedBlock executed) {
        mix(block.id().hash().a() ^ validator);
        if (block.height() > highest) {
            highest = block.height();
            proposed.clear();
            counters.add(Counter.DECIDED_BLOCKS);
            if (!block.payload().isEmpty()) {
                counters.add(Counter.DECIDED_NON_EMPTY_BLOCKS);
            }
            executed.convicted().forEach(evidence -> counters.add(Counter.EVIDENCE_COMMITTED));
        }
        watch.decided(validator, block, executed);
        if (listener != null) {
            listener.decided(now, ids.get(validator), block);
            listener.executed(now, ids.get(validator), executed);
        }
        if (measured != null) {
            measured.meter().decided(now, validator, block);
        }
    }

    void answerClients(int validator, CommandBatch batch) {
        clients.executed(validator, batch);
    }

    void observed(int validator, boolean faulty, Observation observation) {
        if (listener != null) {
            listener.observed(now, ids.get(validator), observation);
        }
        switch (observation) {
            case Observation.ViewEntered o -> {
                counters.add(Counter.VIEWS_ENTERED);
                if (!faulty && o.view() > highestView) {
                    highestView = o.view();
                    leader = o.leader() == null ? -1 : o.leader().index();
                }
                if (o.cause().equals("skip")) {
                    counters.add(Counter.SKIPS);
                }
            }
            case Observation.Proposed o -> {
                counters.add(Counter.PROPOSALS);
                if (!proposed.add(o.block())) {
                    counters.add(Counter.PROPOSED_AGAIN);
                }
            }
            case Observation.ProposalReceived o -> {}
            case Observation.Voted o -> counters.add(Counter.VOTES);
            case Observation.VoteWithheld o -> counters.add(Counter.VOTES_WITHHELD);
            case Observation.CertificateFormed o ->
                counters.add(o.block() == null ? Counter.TIMEOUT_CERTIFICATES : Counter.CERTIFICATES);
            case Observation.Locked o -> {
                BlockId before = locked.put(validator, o.block());
                if (before != null && !before.equals(o.block())) {
                    counters.add(Counter.LOCKS_MOVED);
                }
            }
            case Observation.TimedOut o -> counters.add(Counter.TIME_OUTS);
            case Observation.Decided o -> locked.remove(validator);
            case Observation.Resting o -> counters.add(Counter.RESTS);
            case Observation.Tossed o -> counters.add(Counter.COINS);
            case Observation.Fetching o -> counters.add(Counter.FETCHES);
            case Observation.CaughtUp o -> counters.add(Counter.CATCH_UPS);
            case Observation.FetchingSnapshot o -> counters.add(Counter.SNAPSHOTS_FETCHED);
            case Observation.SnapshotInstalled o -> counters.add(Counter.SNAPSHOTS_INSTALLED);
            case Observation.SnapshotUnusable o -> {}
            case Observation.Refused o -> counters.add(Counter.REFUSED);
            case Observation.Accused o -> counters.add(Counter.ACCUSATIONS);
            case Observation.Convicted o -> {}
            case Observation.Recovering o -> {}
            case Observation.Recovered o -> counters.add(Counter.RECOVERIES);
            case Observation.Stalled o -> {}
            case Observation.Stopped o -> {}
        }
        if (!faulty) {
            watch.observed(validator, observation);
        }
    }

    private void mix(long value) {
        hash = (Long.rotateLeft(hash, 5) ^ value) * 0x9E3779B97F4A7C15L;
    }

    private final class WatchedSigner implements Signer {
        private final int validator;
        private final Signer signer;

        private WatchedSigner(int validator, Signer signer) {
            this.validator = validator;
            this.signer = signer;
        }

        @Override
        public PublicKey publicKey() {
            return signer.publicKey();
        }

        @Override
        public Signature sign(byte[] statement) {
            Signature signature = signer.sign(statement);
            mix(signature.hashCode());
            if (!isFaulty(validator)) {
                watch.signed(validator, statement);
            }
            return signature;
        }
    }
}
