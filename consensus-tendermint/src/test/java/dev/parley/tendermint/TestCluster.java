package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.v;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Restored;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.observe.Observation;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.tendermint.TendermintMessage.Proposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Cores of one cluster, driven in one thread in virtual time; messages arrive in the order of sending, after one millisecond. */
final class TestCluster {
    /** Which messages arrive. */
    interface Links {
        boolean deliver(int from, int to, TendermintMessage message);
    }

    /** A proposal that left its proposer. */
    record Proposed(long time, long height, int round) {}

    private record Event(long time, long sequence, int node, Input input, int incarnation) {}

    final Fixture make;
    final TestNode[] nodes;
    final List<Proposed> proposed = new ArrayList<>();
    Links links = (from, to, message) -> true;
    /** Draws delays of 1 to 40 ms, duplicates and so reordering; null for 1 ms each. */
    @Nullable Random random;

    int commandsPerBlock = 10;
    long now;
    private final List<Command> commands = new ArrayList<>();
    private long sequence;
    private final PriorityQueue<Event> events = new PriorityQueue<>(
            (a, b) -> a.time != b.time ? Long.compare(a.time, b.time) : Long.compare(a.sequence, b.sequence));

    TestCluster(Fixture make) {
        this.make = make;
        nodes = new TestNode[make.setups.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = new TestNode(i);
        }
    }

    TestCluster start() {
        for (TestNode node : nodes) {
            node.start();
        }
        return this;
    }

    void submit(int count) {
        for (int i = 0; i < count; i++) {
            commands.add(new Command(
                    new CommandId(new ClientId(1, 0), commands.size() + 1), 1, Long.MAX_VALUE, new byte[90]));
        }
        for (TestNode node : nodes) {
            node.updateWork();
            node.answerPayload();
        }
    }

    void run(long millis) {
        long end = now + millis;
        Event event = events.peek();
        while (event != null && event.time <= end) {
            events.remove(event);
            now = event.time;
            TestNode node = nodes[event.node];
            if (node.core != null && node.incarnation == event.incarnation) {
                node.handle(event.input);
            }
            event = events.peek();
        }
        now = end;
    }

    /** No timer runs. */
    boolean isIdle() {
        for (TestNode node : nodes) {
            if (!node.timers.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    long minHeight() {
        long min = Long.MAX_VALUE;
        for (TestNode node : nodes) {
            min = Math.min(min, node.log.size());
        }
        return min;
    }

    /** What the shell does now and then: whoever is behind hears of it. */
    void bringUp() {
        for (TestNode node : nodes) {
            for (TestNode peer : nodes) {
                if (peer.log.size() > node.log.size()) {
                    node.post(0, new Input.CaughtUp(List.copyOf(peer.log.subList(node.log.size(), peer.log.size()))));
                }
            }
        }
    }

    void assertAgreement() {
        Map<Long, BlockId> decided = new LinkedHashMap<>();
        for (TestNode node : nodes) {
            BlockId parent = BlockId.GENESIS;
            for (DecidedBlock block : node.log) {
                BlockId other = decided.putIfAbsent(block.height(), block.id());
                String refusal = make.protocol().refuteDecision(make.setups[0], block);
                if ((other != null && !other.equals(block.id()))
                        || !block.parent().equals(parent)
                        || refusal != null) {
                    throw new AssertionError("height " + block.height() + ": " + block + " " + other + " " + refusal);
                }
                parent = block.id();
            }
        }
    }

    /** One validator with its disk and its log. */
    final class TestNode {
        final int index;
        final List<DecidedBlock> log = new ArrayList<>();
        /** When each height was decided here. */
        final Map<Long, Long> decidedAt = new HashMap<>();

        final List<Refusal> refusals = new ArrayList<>();
        private final LinkedHashMap<RecordKey, ConsensusRecord> disk = new LinkedHashMap<>();
        private final Map<TimerId, Input.TimerFired> timers = new LinkedHashMap<>();
        private final MessageVerifier verifier;
        private Effect.@Nullable RequestPayload request;
        private boolean workPending;
        private int incarnation;
        private @Nullable ConsensusCore core;

        TestNode(int index) {
            this.index = index;
            this.verifier = make.protocol().createVerifier(make.setups[index]);
        }

        void start() {
            incarnation++;
            core = make.protocol().createCore(make.setups[index]);
            timers.clear();
            request = null;
            workPending = false;
            handle(new Input.Start(new Restored(new ArrayList<>(disk.values()), log.isEmpty() ? null : log.getLast())));
            updateWork();
        }

        void crash() {
            core = null;
        }

        List<Command> decidedCommands() {
            return log.stream()
                    .flatMap(block -> ((CommandBatch) block.payload()).commands().stream())
                    .toList();
        }

        /** A timer that was started anew is another object with the same name. */
        @SuppressWarnings("ReferenceEquality")
        private void handle(Input input) {
            ConsensusCore running = core;
            if (running == null || (input instanceof Input.TimerFired fired && timers.get(fired.timer()) != fired)) {
                return;
            }
            if (input instanceof Input.TimerFired fired) {
                timers.remove(fired.timer());
            }
            if (input instanceof Input.Received(var from, var message)) {
                Refusal refusal = verifier.verify(from, message);
                if (refusal != null) {
                    refusals.add(refusal);
                    return;
                }
            }
            running.handle(input).forEach(this::perform);
        }

        private void perform(Effect effect) {
            switch (effect) {
                case Effect.Send(var to, var message) -> send(to.index(), message);
                case Effect.Broadcast(var message) -> {
                    if (message instanceof Proposal proposal) {
                        proposed.add(new Proposed(now, proposal.height(), proposal.round()));
                    }
                    for (int to = 0; to < nodes.length; to++) {
                        if (to != index) {
                            send(to, message);
                        }
                    }
                }
                case Effect.Persist(var key, var record) -> disk.put(key, record);
                case Effect.Forget(var key) -> disk.remove(key);
                case Effect.StartTimer(TimerId timer, Duration delay) -> {
                    Input.TimerFired fired = new Input.TimerFired(timer);
                    timers.put(timer, fired);
                    post(delay.toMillis(), fired);
                }
                case Effect.CancelTimer(TimerId timer) -> timers.remove(timer);
                case Effect.RequestPayload asked -> {
                    request = asked;
                    answerPayload();
                }
                case Effect.CheckPayload check -> post(0, new Input.PayloadChecked(check.block(), true));
                case Effect.Decide(DecidedBlock block) -> {
                    log.add(block);
                    decidedAt.put(block.height(), now);
                    updateWork();
                }
                case Effect.CatchUp(long height, var source) -> {
                    List<DecidedBlock> theirs = nodes[source.index()].log;
                    int end = (int) Math.min(height, theirs.size());
                    post(
                            1,
                            new Input.CaughtUp(
                                    end <= log.size() ? List.of() : List.copyOf(theirs.subList(log.size(), end))));
                }
                case Effect.Observe(Observation.Refused refused) -> refusals.add(refused.refusal());
                case Effect.Observe observe -> {}
                case Effect.Certify certify -> {}
                case Effect.Accuse accuse -> throw new AssertionError(accuse);
                case Effect.Compute compute -> throw new AssertionError(compute);
            }
        }

        private List<Command> waiting() {
            List<Command> decided = decidedCommands();
            return commands.stream()
                    .filter(command -> !decided.contains(command))
                    .limit(commandsPerBlock)
                    .toList();
        }

        private void updateWork() {
            boolean pending = !waiting().isEmpty();
            if (core != null && pending != workPending) {
                workPending = pending;
                post(0, new Input.WorkPending(pending));
            }
        }

        private void answerPayload() {
            Effect.RequestPayload asked = request;
            List<Command> batch = waiting();
            if (core != null && asked != null && (asked.evenIfEmpty() || !batch.isEmpty())) {
                request = null;
                post(0, new Input.PayloadReady(asked.ticket(), new CommandBatch(now, batch)));
            }
        }

        private void send(int to, ConsensusMessage message) {
            if (links.deliver(index, to, (TendermintMessage) message)) {
                Random chance = random;
                int copies = chance != null && chance.nextInt(20) == 0 ? 2 : 1;
                for (int i = 0; i < copies; i++) {
                    events.add(new Event(
                            now + (chance == null ? 1 : 1 + chance.nextInt(40)),
                            sequence++,
                            to,
                            new Input.Received(v(index), message),
                            nodes[to].incarnation));
                }
            }
        }

        private void post(long delay, Input input) {
            events.add(new Event(now + delay, sequence++, index, input, incarnation));
        }
    }
}
