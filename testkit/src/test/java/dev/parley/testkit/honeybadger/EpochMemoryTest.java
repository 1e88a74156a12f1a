package dev.parley.testkit.honeybadger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.SimulatedCluster;
import dev.parley.testkit.sim.Swarm;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What four validators hold in memory does not grow with the epochs, whatever one of them does. {@code -Dparley.memory.epochs=10000} for more
 * of them.
 */
@Tag("heap")
@ResourceLock("heap")
class EpochMemoryTest {
    private static final int EPOCHS = Integer.getInteger("parley.memory.epochs", 1_500);
    /** By then logs are as long as they get, sessions and pools as full, and code is loaded. */
    private static final int SETTLED = 1_000;
    /** For all validators; one forgotten hash for each epoch and validator is more. */
    private static final long BYTES_PER_EPOCH = 100;

    /** What the machine itself may load and keep meanwhile. */
    private static final long NOISE_BYTES = 1 << 20;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @ParameterizedTest
    @ValueSource(strings = {"none", "silent", "epoch-flooder", "joiner", "wrong-shares"})
    void does_not_grow(String behaviour) {
        ProtocolUnderTest protocol = ProtocolUnderTest.named("honeybadger");
        Map<Integer, List<Behaviour>> byzantine =
                behaviour.equals("none") ? Map.of() : Map.of(3, List.of(protocol.behaviour(behaviour)));
        SimulatedCluster cluster =
                new SimulatedCluster(protocol, protocol.protocol(), 4, byzantine, Swarm.CALM, new RandomStream(1));
        cluster.forget();
        decide(cluster, SETTLED);
        long before = heldBytes();
        decide(cluster, EPOCHS);
        long after = heldBytes();
        System.out.printf(
                "%s: %,d bytes held after %,d epochs, %,d after %,d%n", behaviour, before, SETTLED, after, EPOCHS);
        assertThat(cluster.lowestHeight()).isGreaterThanOrEqualTo(EPOCHS);
        assertThat(after - before).isLessThan(NOISE_BYTES + BYTES_PER_EPOCH * (EPOCHS - SETTLED));
    }

    private static void decide(SimulatedCluster cluster, int height) {
        while (cluster.lowestHeight() < height) {
            long next = cluster.lowestHeight() + 1;
            cluster.submit((int) (next % 3), ("command " + next).getBytes(StandardCharsets.UTF_8));
            cluster.runUntilHeight(next, PATIENCE);
        }
    }

    /** The least that is seen to be left after collecting several times. */
    private static long heldBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
