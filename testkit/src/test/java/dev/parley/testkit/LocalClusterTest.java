package dev.parley.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import org.junit.jupiter.api.Test;

/** What a local cluster refuses to be; what it does once it runs is in the contracts. */
class LocalClusterTest {
    private static final class Sum implements StateMachine<Long, Long, Long> {
        private long sum;

        @Override
        public Long apply(Long command, Context context) {
            return sum += command;
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

    private static final Application<Long, Long, Long> SUM =
            Application.of(Sum::new, Long.class, Long.class, Long.class);

    @Test
    void fewer_than_four_validators_are_refused() {
        assertThatThrownBy(() -> LocalCluster.of(3, SUM)).hasMessageContaining("at least 4");
    }

    @Test
    void a_protocol_that_is_not_there_is_refused_with_those_that_are() {
        assertThatThrownBy(() -> LocalCluster.of(4, SUM).protocol("raft").start())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("raft")
                .hasMessageContaining("hotstuff");
    }

    @Test
    void more_power_in_Byzantine_hands_than_a_cluster_can_bear_is_refused() {
        assertThatThrownBy(() -> LocalCluster.of(4, SUM)
                        .byzantine(0, p -> p)
                        .byzantine(1, p -> p)
                        .start())
                .hasMessageContaining("more than the 1 that");
        assertThatThrownBy(() -> LocalCluster.of(4, SUM).byzantine(9, p -> p).start())
                .hasMessageContaining("no validator 9");
        assertThatThrownBy(() -> LocalCluster.of(new long[] {5, 1, 1, 1}, SUM).start())
                .hasMessageContaining("power 5 of 8");
    }
}
