package dev.parley.testkit.cluster;

import static dev.parley.testkit.cluster.Capability.BYZANTINE;
import static dev.parley.testkit.cluster.Capability.DELAY;
import static dev.parley.testkit.cluster.Capability.KILL;
import static dev.parley.testkit.cluster.Capability.PARTITION;
import static dev.parley.testkit.cluster.Capability.PAUSE;
import static dev.parley.testkit.cluster.Capability.POWER_LOSS;
import static dev.parley.testkit.cluster.ClusterAssertions.assertContinuouslyThat;
import static dev.parley.testkit.cluster.ClusterAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.app.CommandFailedException;
import dev.parley.testkit.cluster.Register.Put;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One test, three worlds. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(600)
class ClusterTestTest {
    /** A dead proposer is passed over sooner than in production; on a slow machine time-outs grow until they suffice. */
    static final String HASTY = """
            parley.consensus {
              hotstuff.base-timeout = 300 ms
              tendermint { timeout-propose = 300 ms, timeout-prevote = 150 ms, timeout-precommit = 150 ms, gossip-interval = 200 ms }
            }
            """;

    private static final int CUTS = Integer.getInteger("parley.power.cuts", 6);

    @ClusterTest(
            application = Register.class,
            protocols = {"hotstuff", "tendermint", "honeybadger"},
            worlds = World.SIMULATOR,
            seeds = 5,
            needs = {KILL, PARTITION, BYZANTINE})
    void commands_are_executed_once_whoever_dies_is_cut_off_or_lies(Cluster<Put, Integer> cluster) {
        assertContinuouslyThat(cluster).answersWithin(Duration.ofSeconds(40));
        assertThat(cluster.submit(new Put("a", 1)).result()).isZero();
        cluster.kill(1);
        assertThat(cluster.submit(1, new Put("a", 2)).result()).isEqualTo(1);
        cluster.restart(1);
        cluster.partition(0);
        assertThat(cluster.submit(0, new Put("a", 3)).result()).isEqualTo(2);
        cluster.heal();
        assertThat(cluster).agrees().executedOnce().accusesNobody();
        cluster.byzantine(3, "lossy");
        for (int i = 4; i < 12; i++) {
            assertThat(cluster.submit(i % 4, new Put("a", i)).result()).isEqualTo(i - 1);
        }
        assertThatThrownBy(() -> cluster.submit(new Put("a", -1))).isInstanceOf(CommandFailedException.class);
        assertThat(cluster).agrees().executedOnce().hasAnsweredAll().reaches(12);
    }

    @ClusterTest(
            application = Register.class,
            protocols = "tendermint",
            needs = {KILL, PAUSE, PARTITION, DELAY, BYZANTINE},
            config = HASTY)
    void all_worlds_do_what_simulated_validators_do(Cluster<Put, Integer> cluster) {
        assertThat(cluster.submit(new Put("a", 1)).result()).isZero();
        cluster.kill(1);
        assertThat(cluster.submit(1, new Put("a", 2)).result()).isEqualTo(1);
        cluster.restart(1);
        cluster.await("v1 to be back", () -> cluster.state(1).isPresent());
        cluster.pause(2);
        assertThat(cluster.submit(2, new Put("a", 3)).result()).isEqualTo(2);
        cluster.resume(2);
        assertThat(cluster).agrees();
        cluster.partition(0);
        assertThat(cluster.submit(0, new Put("a", 4)).result()).isEqualTo(3);
        cluster.heal();
        cluster.delay(0, 1, Duration.ofMillis(50));
        assertThat(cluster.submit(new Put("a", 5)).result()).isEqualTo(4);
        assertThat(cluster).agrees().executedOnce().accusesNobody();
        cluster.byzantine(3, "double-voter");
        cluster.await("v3 to be back", () -> cluster.state(3).isPresent());
        for (int i = 6; i < 12; i++) {
            assertThat(cluster.submit(new Put("a", i)).result()).isEqualTo(i - 1);
        }
        assertThat(cluster).agrees().executedOnce().convicts(3);
    }

    /** {@code -Dparley.power.cuts=1000} for more of them. */
    @ClusterTest(
            application = Register.class,
            protocols = {"hotstuff", "tendermint", "honeybadger"},
            seeds = 3,
            needs = POWER_LOSS,
            config = HASTY)
    void what_was_acknowledged_outlives_losses_of_power_and_nothing_signed_is_contradicted(
            Cluster<Put, Integer> cluster) {
        assertThat(cluster.submit(new Put("a", 1)).result()).isZero();
        for (int i = 2; i <= CUTS + 1; i++) {
            var sent = cluster.send(i % 4, new Put("a", i));
            cluster.powerOff(i % 4);
            cluster.restart(i % 4);
            assertThat(cluster.await(sent).result()).isEqualTo(i - 1);
        }
        assertThat(cluster).agrees().executedOnce();
    }

    @ClusterTest(
            application = Register.class,
            worlds = {World.SIMULATOR, World.ONE_JVM},
            needs = {KILL, PARTITION},
            config = HASTY)
    void a_script_breaks_any_cluster(Cluster<Put, Integer> cluster) {
        cluster.play("""
                        # v3 sleeps through half of it
                        submit "a" to 1
                        kill 3
                        at 300ms partition 0 1 | 2 3
                        submit "b" to 2
                        at 800ms heal
                        restart 3
                        run until height 2
                        """, name -> new Put(name, 7));
        assertThat(cluster).hasAnsweredAll().agrees();
        assertThat(cluster.submit(new Put("b", 8)).result()).isEqualTo(7);
    }
}
