package dev.parley.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.validator.ValidatorNode;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The behaviours of the simulator, each in a live actor with real keys, by one line. */
@Timeout(120)
class LiveBehavioursTest {
    record Add(long number) {}

    static final class Sum implements StateMachine<Add, Long, Long> {
        private long sum;

        @Override
        public Long apply(Add command, Context context) {
            return sum += command.number();
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

    static Stream<String> behaviours() {
        return ProtocolUnderTest.named("hotstuff").behaviours().stream().map(Behaviour::name);
    }

    @ParameterizedTest
    @MethodSource("behaviours")
    void a_cluster_bears_it_in_one_of_its_four(String name) {
        Behaviour behaviour = ProtocolUnderTest.named("hotstuff").behaviour(name);
        try (var cluster = LocalCluster.of(4, Application.of(Sum::new, Add.class, Long.class, Long.class))
                        .config("parley.consensus.hotstuff.base-timeout = 200 ms")
                        .byzantine(1, protocol -> behaviour.corrupt(protocol, new SplittableRandom(1)))
                        .start();
                var client = cluster.client(0)) {
            long last = 0;
            for (int i = 0; i < 20; i++) {
                last = client.submit(new Add(1)).toCompletableFuture().join().result();
            }
            assertThat(last).as("each command was executed once").isEqualTo(20);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                ValidatorNode.StateAt first = state(cluster, 0);
                assertThat(state(cluster, 2)).isEqualTo(first);
                assertThat(state(cluster, 3)).isEqualTo(first);
            });
        }
    }

    private static ValidatorNode.StateAt state(LocalCluster<?, ?, ?> cluster, int validator) {
        return cluster.node(validator).state().toCompletableFuture().join();
    }
}
