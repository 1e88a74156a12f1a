package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Payload;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Restored;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.log.CommandPayloads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Cores of one cluster, driven in one thread in virtual time; messages arrive in the order of sending, after one millisecond. */
final class TestCluster {
    /** Which messages arrive. */
    interface Links {
        boolean deliver(int from, int to, HotStuffMessage message);
    }

    private record Event(long time, long sequence, int node, Input input, int incarnation) {}

    final ConsensusSetup[] setups;
    final HotStuffProtocol protocol;
    final TestNode[] nodes;
    final ArrayDeque<Command> commands = new ArrayDeque<>();
    final List<HotStuffMessage> sent = new ArrayList<>();
    Links links = (from, to, message) -> true;
    /** Draws delays of 1 to 40 ms, duplicates and so reordering; null for 1 ms each. */
    @Nullable Random random;

    boolean keepSent;
    long now;
    private long sequence;
    private long nextCommand = 1;
    private final PriorityQueue<Event> events = new PriorityQueue<>(
            (a, b) -> a.time != b.time ? Long.compare(a.time, b.time) : Long.compare(a.sequence, b.sequence));

    TestCluster(int size, HotStuffProtocol protocol) {
        this(equalPowers(size), protocol);
    }

    TestCluster(long[] powers, HotStuffProtocol protocol) {
        this.protocol = protocol;
        IdealSignatures scheme = new IdealSignatures();
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < powers.length; i++) {
            keys.add(new PublicKey(new byte[] {1, (byte) i}));
        }
        ValidatorSet validators = ValidatorSet.of(scheme, keys, powers);
        setups = new ConsensusSetup[powers.length];
        nodes = new TestNode[powers.length];
        for (int i = 0; i < powers.length; i++) {
            setups[i] = new ConsensusSetup(
                    new ValidatorId(i),
                    validators,
                    new SigningDomain("test", 0),
                    scheme,
                    scheme.signer(new byte[] {1, (byte) i}),
                    CommandPayloads.INSTANCE);
            nodes[i] = new TestNode(i);
        }
    }

    static TestCluster of(int size) {
        return new TestCluster(size, new HotStuffProtocol(HotStuffSettings.DEFAULTS));
    }

    private static long[] equalPowers(int size) {
        long[] powers = new long[size];
        java.util.Arrays.fill(powers, 1);
        return powers;
    }

    TestCluster start(int... except) {
        for (TestNode node : nodes) {
            if (java.util.Arrays.stream(except).noneMatch(i -> i == node.index)) {
                node.start();
            }
        }
        return this;
    }

    void submit(int count) {
        for (int i = 0; i < count; i++) {
            commands.add(new Command(new CommandId(new ClientId(1, 0), nextCommand++), 1, Long.MAX_VALUE, new byte[8]));
        }
        for (TestNode node : nodes) {
            if (node.up) {
                node.updateWork();
                node.answerPayload();
            }
        }
    }

    /** Runs until nothing is left to happen or the time has come. */
    void runUntil(long time) {
        while (!events.isEmpty() && events.peek().time <= time) {
            step();
        }
        now = Math.max(now, time);
    }

    void run(long millis) {
        runUntil(now + millis);
    }

    /** No timer runs and no message is under way. */
    boolean isIdle() {
        return events.stream().allMatch(event -> event.input instanceof Input.TimerFired)
                && java.util.Arrays.stream(nodes).allMatch(node -> node.timers.isEmpty());
    }

    private void step() {
        Event event = events.poll();
        if (event == null) {
            throw new IllegalStateException("nothing to do");
        }
        now = event.time;
        TestNode node = nodes[event.node];
        if (node.up && node.incarnation == event.incarnation) {
            node.handle(event.input);
        }
    }

    long minHeight() {
        long min = Long.MAX_VALUE;
        for (TestNode node : nodes) {
            if (node.up) {
                min = Math.min(min, node.height());
            }
        }
        return min;
    }

    void assertAgreement() {
        Map<Long, BlockId> decided = new LinkedHashMap<>();
        for (TestNode node : nodes) {
            for (DecidedBlock block : node.log) {
                BlockId other = decided.putIfAbsent(block.height(), block.id());
                if (other != null && !other.equals(block.id())) {
                    throw new AssertionError("two blocks of height " + block.height());
                }
                String refusal = protocol.refuteDecision(setups[0], block);
                if (refusal != null) {
                    throw new AssertionError(refusal);
                }
            }
        }
    }

    /** One validator with its disk and its log. */
    final class TestNode {
        final int index;
        final LinkedHashMap<RecordKey, ConsensusRecord> disk = new LinkedHashMap<>();
        final List<DecidedBlock> log = new ArrayList<>();
        final List<Observation> observations = new ArrayList<>();
        final List<Evidence> evidence = new ArrayList<>();
        final List<Refusal> refusals = new ArrayList<>();
        final List<Effect> effects = new ArrayList<>();
        final TreeSet<Long> decidedCommands = new TreeSet<>();
        private final LinkedHashMap<TimerId, Input.TimerFired> timers = new LinkedHashMap<>();
        private final MessageVerifier verifier;
        private Effect.@Nullable RequestPayload request;
        private boolean workPending;
        boolean acceptsPayloads = true;

        @Nullable ConsensusCore core;

        boolean up;
        int incarnation;

        TestNode(int index) {
            this.index = index;
            this.verifier = protocol.createVerifier(setups[index]);
        }

        void start() {
            up = true;
            incarnation++;
            core = protocol.createCore(setups[index]);
            timers.clear();
            request = null;
            workPending = false;
            handle(new Input.Start(new Restored(new ArrayList<>(disk.values()), log.isEmpty() ? null : log.getLast())));
            updateWork();
        }

        void crash() {
            up = false;
        }

        long height() {
            return log.isEmpty() ? 0 : log.getLast().height();
        }

        ConsensusCore core() {
            return java.util.Objects.requireNonNull(core);
        }

        /** A timer that was started anew is another object with the same name. */
        @SuppressWarnings("ReferenceEquality")
        void handle(Input input) {
            if (input instanceof Input.TimerFired fired) {
                if (timers.get(fired.timer()) != fired) {
                    return;
                }
                timers.remove(fired.timer());
            }
            if (input instanceof Input.Received(ValidatorId from, ConsensusMessage message)) {
                Refusal refusal = verifier.verify(from, message);
                if (refusal != null) {
                    refusals.add(refusal);
                    return;
                }
            }
            for (Effect effect : core().handle(input)) {
                perform(effect);
            }
        }

        List<Effect> direct(Input input) {
            return core().handle(input);
        }

        private void perform(Effect effect) {
            if (keepSent) {
                effects.add(effect);
            }
            switch (effect) {
                case Effect.Send(ValidatorId to, ConsensusMessage message) -> send(to.index(), message);
                case Effect.Broadcast(ConsensusMessage message) -> {
                    for (int to = 0; to < nodes.length; to++) {
                        if (to != index) {
                            send(to, message);
                        }
                    }
                }
                case Effect.Persist(RecordKey key, ConsensusRecord record) -> disk.put(key, record);
                case Effect.Forget(RecordKey key) -> disk.remove(key);
                case Effect.StartTimer(TimerId timer, java.time.Duration delay) -> {
                    Input.TimerFired fired = new Input.TimerFired(timer);
                    timers.put(timer, fired);
                    post(delay.toMillis(), fired);
                }
                case Effect.CancelTimer(TimerId timer) -> timers.remove(timer);
                case Effect.RequestPayload asked -> {
                    request = asked;
                    answerPayload();
                }
                case Effect.CheckPayload check ->
                    post(0, new Input.PayloadChecked(check.block(), acceptsPayloads || check.certified()));
                case Effect.Decide(DecidedBlock block) -> {
                    if (block.height() != height() + 1) {
                        throw new AssertionError("height " + block.height() + " after " + height());
                    }
                    log.add(block);
                    ((CommandBatch) block.payload())
                            .commands()
                            .forEach(command -> decidedCommands.add(command.id().sequence()));
                    commands.removeIf(
                            command -> decidedCommands.contains(command.id().sequence()));
                    updateWork();
                }
                case Effect.CatchUp(long height, ValidatorId source) -> {
                    List<DecidedBlock> peers = nodes[source.index()].log;
                    int end = (int) Math.min(height, peers.size());
                    post(
                            1,
                            new Input.CaughtUp(
                                    end <= log.size() ? List.of() : List.copyOf(peers.subList(log.size(), end))));
                }
                case Effect.Accuse(Evidence proof) -> evidence.add(proof);
                case Effect.Observe(Observation observation) -> observations.add(observation);
                case Effect.Certify certify -> throw new AssertionError(certify);
                case Effect.Compute compute -> throw new AssertionError(compute);
            }
        }

        void updateWork() {
            boolean pending = !commands.isEmpty();
            if (pending != workPending) {
                workPending = pending;
                post(0, new Input.WorkPending(pending));
            }
        }

        void answerPayload() {
            Effect.RequestPayload asked = request;
            if (asked != null && (asked.evenIfEmpty() || !commands.isEmpty())) {
                request = null;
                List<Command> batch = commands.stream()
                        .filter(command -> !isOnTheWay(asked.parent(), command))
                        .limit(10)
                        .toList();
                Payload payload = new CommandBatch(now, batch);
                post(0, new Input.PayloadReady(asked.ticket(), payload));
            }
        }

        /** Whether a block between the parent and the log has it; the real mempool knows by CheckPayload. */
        private boolean isOnTheWay(BlockId parent, Command command) {
            BlockId at = parent;
            while (true) {
                Block block = blocks.get(at);
                if (block == null || block.height() <= height()) {
                    return false;
                }
                if (((CommandBatch) block.payload()).commands().contains(command)) {
                    return true;
                }
                at = block.parent();
            }
        }

        private void send(int to, ConsensusMessage message) {
            HotStuffMessage ours = (HotStuffMessage) message;
            if (ours instanceof HotStuffMessage.Proposal(Block block, var entry, var signature)) {
                blocks.put(block.id(), block);
            }
            if (keepSent) {
                sent.add(ours);
            }
            if (links.deliver(index, to, ours) && nodes[to].up) {
                Random chance = random;
                int copies = chance != null && chance.nextInt(20) == 0 ? 2 : 1;
                for (int i = 0; i < copies; i++) {
                    events.add(new Event(
                            now + (chance == null ? 1 : 1 + chance.nextInt(40)),
                            sequence++,
                            to,
                            new Input.Received(new ValidatorId(index), ours),
                            nodes[to].incarnation));
                }
            }
        }

        private void post(long delay, Input input) {
            events.add(new Event(now + delay, sequence++, index, input, incarnation));
        }
    }

    private final LinkedHashMap<BlockId, Block> blocks = new LinkedHashMap<>();
}
