package dev.parley.sample.hello;

import static dev.parley.testkit.cluster.ClusterAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.testkit.cluster.Capability;
import dev.parley.testkit.cluster.Cluster;
import dev.parley.testkit.cluster.ClusterTest;

public class SumTest {
    public record Add(long amount) {}

    public static class Sum implements StateMachine<Add, Long, Long> {
        private long sum;

        @Override
        public Long apply(Add command, Context context) {
            return sum += command.amount();
        }

        @Override
        public Long snapshot() {
            return sum;
        }

        @Override
        public void restore(Long snapshot) {
            sum = snapshot;
        }
    }

    @ClusterTest(
            application = Sum.class,
            needs = {Capability.KILL, Capability.BYZANTINE})
    void a_sum_outlives_a_crash_and_a_liar(Cluster<Add, Long> cluster) {
        assertThat(cluster.submit(new Add(40)).result()).isEqualTo(40);
        cluster.kill(1);
        assertThat(cluster.submit(new Add(2)).result()).isEqualTo(42);
        cluster.restart(1);
        cluster.byzantine(3, "equivocating-leader");
        assertThat(cluster.submit(new Add(1)).result()).isEqualTo(43);
        assertThat(cluster).agrees().executedOnce();
    }
}
