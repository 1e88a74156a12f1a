package dev.parley.testkit.synchrony;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.SimulatedCluster;
import dev.parley.testkit.sim.Swarm;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One protocol under one condition: clients bring a command every {@link #EVERY}, to each validator that is up in turn; the condition holds
 * from {@link #BEGIN} to {@link #END}. All oracles watch.
 *
 * @param brought by command, when it was brought, in microseconds
 * @param committed by command, when the first validator had it in its log; {@link Long#MAX_VALUE} for never
 */
public record SynchronyRun(ProtocolUnderTest protocol, Condition condition, List<Long> brought, List<Long> committed) {
    public static final int VALIDATORS = 4;
    public static final Duration BEGIN = Duration.ofSeconds(10);
    public static final Duration END = Duration.ofSeconds(70);
    public static final Duration STOP = Duration.ofSeconds(90);
    public static final Duration EVERY = Duration.ofMillis(500);

    static final long SEED = 1;

    /** @throws dev.parley.testkit.check.Violation if anything that must always hold does not */
    public static SynchronyRun of(ProtocolUnderTest protocol, Condition condition) {
        SimulatedCluster cluster = new SimulatedCluster(
                protocol, protocol.protocol(), VALIDATORS, Map.of(), Swarm.CALM, new RandomStream(SEED));
        int commands = (int) (STOP.toMillis() / EVERY.toMillis());
        long[] committed = new long[commands];
        Arrays.fill(committed, Long.MAX_VALUE);
        cluster.listen(new SimulatedCluster.Listener() {
            @Override
            public void observed(long micros, ValidatorId validator, Observation observation) {}

            @Override
            public void decided(long micros, ValidatorId validator, DecidedBlock block) {
                for (Command command : ((CommandBatch) block.payload()).commands()) {
                    int number = ByteBuffer.wrap(command.content()).getInt();
                    committed[number] = Math.min(committed[number], micros);
                }
            }
        });
        List<Long> brought = new ArrayList<>(commands);
        for (int i = 0; i < commands; i++) {
            long millis = EVERY.toMillis() * i;
            if (millis == BEGIN.toMillis()) {
                condition.begin(cluster);
            } else if (millis == END.toMillis()) {
                condition.end(cluster);
            }
            brought.add(cluster.now());
            int to = i % VALIDATORS;
            cluster.submit(
                    cluster.isUp(to) ? to : (to + 1) % VALIDATORS,
                    ByteBuffer.allocate(Integer.BYTES).putInt(i).array());
            cluster.runFor(EVERY);
        }
        return new SynchronyRun(
                protocol, condition, brought, Arrays.stream(committed).boxed().toList());
    }

    /** How many commands were committed from one moment up to before another. */
    public long committedWithin(Duration from, Duration to) {
        return committed.stream()
                .filter(at -> at >= micros(from) && at < micros(to))
                .count();
    }

    /**
     * Of the commands brought from one moment up to before another, the time in milliseconds within which nine of ten were
     * committed; infinite if fewer were.
     */
    public double latencyOfMost(Duration from, Duration to) {
        List<Double> latencies = new ArrayList<>();
        for (int i = 0; i < brought.size(); i++) {
            if (brought.get(i) >= micros(from) && brought.get(i) < micros(to)) {
                long at = committed.get(i);
                latencies.add(at == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : (at - brought.get(i)) / 1000.0);
            }
        }
        return latencies.stream().sorted().toList().get(latencies.size() * 9 / 10 - 1);
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}
