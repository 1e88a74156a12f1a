package dev.parley.testkit.cluster;

import static dev.parley.testkit.cluster.Capability.DELAY;
import static dev.parley.testkit.cluster.Capability.KILL;
import static dev.parley.testkit.cluster.Capability.PAUSE;
import static dev.parley.testkit.cluster.Capability.POWER_LOSS;
import static dev.parley.testkit.cluster.ClusterAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testkit.cluster.Register.Put;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Validators that are stopped where they are, and messages that take their time, where that is quick to have. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a kill that hangs hears no interrupt
class PausedValidatorTest {
    private static final int COMMANDS = 12;

    /** @return the last number that was put */
    private static int put(Cluster<Put, Integer> cluster, int last) {
        for (int i = last + 1; i <= last + COMMANDS; i++) {
            assertThat(cluster.submit(i % 3, new Put("a", i)).result()).isEqualTo(i - 1);
        }
        return last + COMMANDS;
    }

    @ClusterTest(
            application = Register.class,
            protocols = {"hotstuff", "tendermint", "honeybadger"},
            worlds = {World.SIMULATOR, World.ONE_JVM},
            needs = PAUSE,
            config = ClusterTestTest.HASTY)
    void a_paused_validator_does_nothing_and_is_in_step_when_it_has_gone_on(Cluster<Put, Integer> cluster) {
        int last = put(cluster, 0);
        for (int round = 0; round < 2; round++) {
            cluster.pause(3);
            long height = cluster.height(3);
            last = put(cluster, last);
            assertThat(cluster.height(3)).isEqualTo(height);
            assertThat(cluster.state(3)).isEmpty();
            assertThat(cluster.height(0)).isGreaterThan(height);
            cluster.resume(3);
            assertThat(cluster).agrees();
        }
        assertThat(cluster).executedOnce().accusesNobody();
        // And ends.
        cluster.pause(1);
    }

    @ClusterTest(
            application = Register.class,
            protocols = {"hotstuff", "tendermint", "honeybadger"},
            worlds = {World.SIMULATOR, World.ONE_JVM},
            needs = {PAUSE, KILL},
            config = ClusterTestTest.HASTY)
    void a_paused_validator_can_be_killed_and_is_not_paused_when_it_starts_again(Cluster<Put, Integer> cluster) {
        int last = put(cluster, 0);
        cluster.pause(3);
        last = put(cluster, last);
        cluster.kill(3);
        last = put(cluster, last);
        cluster.restart(3);
        assertThat(cluster).agrees();
        cluster.pause(2);
        cluster.await(cluster.send(3, new Put("a", last + 1)));
        assertThat(cluster).executedOnce().accusesNobody();
    }

    @ClusterTest(
            application = Register.class,
            worlds = {World.SIMULATOR, World.ONE_JVM},
            needs = {PAUSE, POWER_LOSS},
            config = ClusterTestTest.HASTY)
    void a_paused_validator_can_lose_its_power(Cluster<Put, Integer> cluster) {
        int last = put(cluster, 0);
        cluster.pause(3);
        put(cluster, last);
        cluster.powerOff(3);
        cluster.restart(3);
        assertThat(cluster).agrees().executedOnce().accusesNobody();
    }

    @ClusterTest(
            application = Register.class,
            protocols = {"hotstuff", "tendermint", "honeybadger"},
            worlds = World.ONE_JVM,
            needs = {DELAY, KILL},
            config = ClusterTestTest.HASTY)
    void what_takes_its_time_is_not_there_yet_and_never_reaches_who_has_begun_anew(Cluster<Put, Integer> cluster) {
        int last = put(cluster, 0);
        assertThat(cluster).agrees();
        for (int from = 0; from < 3; from++) {
            cluster.delay(from, 3, Duration.ofMinutes(5));
        }
        // What was sent before may still be in its mailbox.
        cluster.await("v3 to have what v0 has", () -> cluster.height(3) == cluster.height(0));
        long height = cluster.height(3);
        put(cluster, last);
        assertThat(cluster.height(3)).isEqualTo(height);
        cluster.heal();
        cluster.kill(3);
        cluster.restart(3);
        assertThat(cluster).agrees().executedOnce();
    }
}
