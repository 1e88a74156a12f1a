package dev.parley.testkit.compare;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.mempool.MempoolSettings;
import dev.parley.network.PeerMessage;
import dev.parley.testkit.sim.Links;
import dev.parley.testkit.sim.Measurement;
import dev.parley.testkit.sim.Meter;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.SimulatedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One cluster under measurement: brings it commands, and counts what validators send, verify and decide. All times in microseconds. */
final class Testbed {
    /** What a command's content has, in bytes. */
    static final int COMMAND_BYTES = 128;

    private static final long NEVER = -1;
    private static final long CLIENT_NAME = 0x5EED_C11E_4750_0003L;
    private static final long LIFETIME_MILLIS = 9 * 60_000;
    /** A cluster that has sent nothing of consensus for so long is taken to rest, and is waited for no longer than this. */
    private static final Duration QUIET = Duration.ofMillis(400);

    private static final int MOST_QUIETS = 10;
    private static final long MOST_SETTLING_MESSAGES = 200_000;
    private static final long MOST_STEPS = 100_000_000;

    /**
     * All counts at the moment when a height was first decided.
     *
     * @param commands decided up to and with it
     */
    record Mark(long height, long micros, Traffic consensus, long verified, long timeouts, long commands) {}

    /** What was spent before a validator decided: with that it may have begun the next block before the decided one is durable. */
    private record Spent(Traffic consensus, long verified, long timeouts) {}

    /** One command on its way. */
    final class Flight {
        private final long begun = cluster.now();
        private final long[] decidedAt = new long[size];

        private Flight() {
            Arrays.fill(decidedAt, NEVER);
        }

        /** @return from being brought until that validator has decided it, or -1 */
        long until(int validator) {
            return decidedAt[validator] == NEVER ? NEVER : decidedAt[validator] - begun;
        }

        /** @return from being brought until the last validator that is up has decided it */
        long untilLast() {
            long last = 0;
            for (int i = 0; i < size; i++) {
                if (cluster.isUp(i)) {
                    last = Math.max(last, until(i));
                }
            }
            return last;
        }

        boolean isDecidedBy(int validator) {
            return decidedAt[validator] != NEVER;
        }

        boolean isDecidedByAll() {
            for (int i = 0; i < size; i++) {
                if (cluster.isUp(i) && decidedAt[i] == NEVER) {
                    return false;
                }
            }
            return true;
        }
    }

    private final int size;
    private final int patience;
    private final List<CountedSignatures> schemes;
    private final SimulatedCluster cluster;
    private final Traffic consensus;
    private final Traffic gossip;
    private final List<Mark> marks = new ArrayList<>();
    /** By height, of those above the last mark. */
    private final Map<Long, Spent> spent = new HashMap<>();

    private final Map<CommandId, Flight> flights = new HashMap<>();
    private final long[] sequences;
    private final long[] waited;
    private long timeouts;
    private long commands;
    private long stocked;
    private long steps;

    Testbed(ProtocolUnderTest protocol, Links links, int blockCommands, int patience) {
        this.size = links.size();
        this.patience = patience;
        this.schemes = CountedSignatures.forValidators(size);
        this.consensus = new Traffic(size);
        this.gossip = new Traffic(size);
        this.sequences = new long[size];
        this.waited = new long[size];
        this.cluster = new SimulatedCluster(
                protocol,
                new Measurement(links, new Counts(), List.copyOf(schemes), pool(size, blockCommands), patience));
        cluster.listen(this::observed);
    }

    private static MempoolSettings pool(int size, int blockCommands) {
        MempoolSettings usual = MempoolSettings.of(size);
        return new MempoolSettings(
                usual.maxCommands(),
                usual.maxBytes(),
                usual.maxCommands(),
                usual.maxBytes(),
                usual.maxCommandBytes(),
                blockCommands,
                usual.maxBlockBytes(),
                usual.maxUndecidedBlocks(),
                usual.maxAhead(),
                usual.maxBehind(),
                usual.maxSessions(),
                usual.maxLifetime());
    }

    long now() {
        return cluster.now();
    }

    /** Those that have not been silenced. */
    List<Integer> up() {
        return IntStream.range(0, size).filter(cluster::isUp).boxed().toList();
    }

    Traffic consensus() {
        return consensus.copy();
    }

    Traffic gossip() {
        return gossip.copy();
    }

    long verified() {
        return schemes.stream().mapToLong(CountedSignatures::verified).sum();
    }

    /** How long a validator has waited for timers that then elapsed, those that ran beside each other counted each. */
    long waited(int validator) {
        return waited[validator];
    }

    /** One for each height that was decided, in order. */
    List<Mark> marks() {
        return marks;
    }

    /** From now on this validator says nothing. */
    void silence(int validator) {
        cluster.crash(validator);
    }

    /** Whom validators expect to propose next, as the first that is up says; the first that is up where it cannot tell. */
    int leader() {
        int first = 0;
        while (!cluster.isUp(first)) {
            first++;
        }
        ValidatorId leader = cluster.report(first).leader().orElse(null);
        return leader == null ? first : leader.index();
    }

    /** Commands that all validators have from the start, as if clients had brought them to each. */
    void stock(int count) {
        stocked += count;
        give(newCommands(0, count));
    }

    /** Commands wait at all validators all the while, however many of them a block takes. */
    void runStockedUntilHeight(int height) {
        stock(height);
        while (marks.size() < height) {
            int last = marks.size();
            runUntil(() -> marks.size() > last);
            int lacking = (int) (height - marks.size() - (stocked - commands));
            if (lacking > 0) {
                stock(lacking);
            }
        }
    }

    /** The next commands of one validator's clients. */
    List<Command> newCommands(int validator, int count) {
        List<Command> made = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            made.add(new Command(
                    new CommandId(new ClientId(CLIENT_NAME, validator), ++sequences[validator]),
                    Command.DEFAULT_LANE,
                    cluster.startMillis() + cluster.now() / 1000 + LIFETIME_MILLIS,
                    new byte[COMMAND_BYTES]));
        }
        return made;
    }

    /** All validators have these commands at once, and nothing is sent. */
    void give(List<Command> given) {
        for (int i = 0; i < size; i++) {
            if (cluster.isUp(i)) {
                cluster.submit(i, given, false);
            }
        }
    }

    /** Clients bring commands to a validator, which tells the others. */
    void bring(int validator, List<Command> brought) {
        cluster.submit(validator, brought, true);
    }

    /** A client brings one command to a validator, which tells the others; its way is followed. */
    Flight bring(int validator) {
        List<Command> one = newCommands(validator, 1);
        Flight flight = new Flight();
        flights.put(one.getFirst().id(), flight);
        bring(validator, one);
        return flight;
    }

    void runUntil(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            if (++steps > MOST_STEPS) {
                throw new IllegalStateException(
                        "a measured cluster makes no progress at height " + marks.size() + ": " + cluster.reports());
            }
            cluster.step();
        }
    }

    void runUntilHeight(long height) {
        runUntil(() -> marks.size() >= height);
    }

    void runFor(Duration duration) {
        cluster.runFor(duration);
    }

    /** Lets everything come to rest, as far as it does. */
    void settle() {
        long most = consensus.messages() + MOST_SETTLING_MESSAGES;
        for (int i = 0; i < MOST_QUIETS; i++) {
            long before = consensus.messages();
            cluster.runFor(QUIET);
            if (consensus.messages() == before || consensus.messages() > most) {
                return;
            }
        }
    }

    private void observed(long micros, ValidatorId validator, Observation observation) {
        if (observation instanceof Observation.TimedOut elapsed) {
            timeouts++;
            waited[validator.index()] += elapsed.delayMillis() * 1000 * patience;
        } else if (observation instanceof Observation.Decided decided && decided.height() > marks.size()) {
            spent.putIfAbsent(decided.height(), new Spent(consensus.copy(), verified(), timeouts));
        }
    }

    private final class Counts implements Meter {
        @Override
        public void sent(int from, int to, PeerMessage message, int bytes) {
            switch (message) {
                case PeerMessage.Consensus ignored -> consensus.add(from, bytes);
                case PeerMessage.Commands ignored -> gossip.add(from, bytes);
                default -> {
                    // Of the shell, the same for all protocols: status, and catching up.
                }
            }
        }

        @Override
        public void decided(long micros, int validator, DecidedBlock block) {
            CommandBatch batch = (CommandBatch) block.payload();
            if (block.height() > marks.size()) {
                commands += batch.commands().size();
                Spent before = Objects.requireNonNull(spent.remove(block.height()));
                marks.add(new Mark(
                        block.height(), micros, before.consensus(), before.verified(), before.timeouts(), commands));
            }
            if (!flights.isEmpty()) {
                for (Command command : batch.commands()) {
                    @Nullable Flight flight = flights.get(command.id());
                    if (flight != null) {
                        flight.decidedAt[validator] = micros;
                    }
                }
            }
        }
    }
}
