package dev.parley.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.LocalCluster;
import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.consensus.Computation;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.testkit.byzantine.WithOtherCores;
import dev.parley.testkit.check.Violation;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.SimulatedCluster;
import dev.parley.testkit.sim.Swarm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a core has computed elsewhere comes back to it, in the simulator and in a live validator. */
class ComputationTest {
    private record Answer(int value) implements Computation.Result {}

    /** On which thread a result was made, and on which it came back. */
    private record Done(long ticket, String madeBy, String takenBy) {}

    private record Made(String by) implements Computation.Result {}

    private static final class Silent implements StateMachine<Long, Long, Long> {
        @Override
        public Long apply(Long command, Context context) {
            return command;
        }

        @Override
        public Long snapshot() {
            return 0L;
        }

        @Override
        public void restore(Long snapshot) {}
    }

    private static final Application<Long, Long, Long> SILENT =
            Application.of(Silent::new, Long.class, Long.class, Long.class);

    private final ProtocolUnderTest hotstuff = ProtocolUnderTest.named("hotstuff");

    @Test
    void a_simulated_computation_takes_no_time_and_changes_nothing_else() {
        List<Long> done = new ArrayList<>();
        ConsensusProtocol computing = computing(hotstuff.protocol(), ticket -> new Answer((int) ticket), computed -> {
            assertThat(computed.result()).isEqualTo(new Answer((int) computed.ticket()));
            done.add(computed.ticket());
        });
        SimulatedCluster cluster = cluster(computing);
        assertThat(done)
                .as("before anything else happens")
                .containsExactly(1L, 2L, 3L, 1L, 2L, 3L, 1L, 2L, 3L, 1L, 2L, 3L);
        SimulatedCluster plain = cluster(hotstuff.protocol());
        for (SimulatedCluster each : List.of(cluster, plain)) {
            each.submit(0, new byte[] {1});
            each.runUntilHeight(1, Duration.ofSeconds(10));
        }
        assertThat(cluster.hash()).isEqualTo(plain.hash());

        cluster.crash(2);
        cluster.restart(2);
        assertThat(done).as("a core that was born again asks again").hasSize(15);
    }

    @Test
    void a_simulated_computation_that_throws_is_a_failure_of_its_core() {
        ConsensusProtocol failing = computing(
                hotstuff.protocol(),
                ticket -> {
                    throw new ArithmeticException("no inverse");
                },
                computed -> {});
        assertThatThrownBy(() -> cluster(failing)).isInstanceOf(Violation.class).hasMessageContaining("no inverse");
    }

    @Test
    void a_live_computation_runs_beside_the_core() throws InterruptedException {
        BlockingQueue<Done> done = new LinkedBlockingQueue<>();
        try (var cluster = LocalCluster.of(4, SILENT)
                .byzantine(
                        0,
                        honest -> computing(
                                honest,
                                ticket -> new Made(Thread.currentThread().getName()),
                                computed -> done.add(new Done(
                                        computed.ticket(),
                                        ((Made) computed.result()).by(),
                                        Thread.currentThread().getName()))))
                .start()) {
            for (long ticket = 1; ticket <= 3; ticket++) {
                Done next = done.poll(20, TimeUnit.SECONDS);
                assertThat(next).isNotNull();
                assertThat(next.ticket()).isEqualTo(ticket);
                assertThat(next.madeBy()).contains("verification");
                assertThat(next.takenBy()).doesNotContain("verification");
            }
            assertThat(cluster.node(0).stopped().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void a_live_computation_that_throws_stops_its_validator_and_no_other() {
        try (var cluster = LocalCluster.of(4, SILENT)
                .byzantine(
                        0,
                        honest -> computing(
                                honest,
                                ticket -> {
                                    throw new ArithmeticException("no inverse");
                                },
                                computed -> {}))
                .start()) {
            assertThat(cluster.node(0)
                            .stopped()
                            .toCompletableFuture()
                            .orTimeout(20, TimeUnit.SECONDS)
                            .join())
                    .contains("validator failed");
            assertThat(cluster.node(1).stopped().toCompletableFuture()).isNotDone();
        }
    }

    private SimulatedCluster cluster(ConsensusProtocol run) {
        return new SimulatedCluster(hotstuff, run, 4, Map.of(), Swarm.CALM, new RandomStream(1));
    }

    private interface Work {
        Computation.Result run(long ticket);
    }

    private interface Taker {
        void take(Input.Computed computed);
    }

    /** As the protocol, but each core has three things computed, one after the other. */
    private static ConsensusProtocol computing(ConsensusProtocol honest, Work work, Taker taker) {
        return new WithOtherCores(honest, setup -> new ComputingCore(honest.createCore(setup), work, taker));
    }

    private record ComputingCore(ConsensusCore core, Work work, Taker taker) implements ConsensusCore {
        @Override
        public List<Effect> handle(Input input) {
            if (input instanceof Input.Computed computed) {
                taker.take(computed);
                return computed.ticket() < 3 ? List.of(compute(computed.ticket() + 1)) : List.of();
            }
            List<Effect> effects = new ArrayList<>(core.handle(input));
            if (input instanceof Input.Start) {
                effects.add(compute(1));
            }
            return effects;
        }

        private Effect compute(long ticket) {
            return new Effect.Compute(ticket, () -> work.run(ticket));
        }

        @Override
        public CoreReport report() {
            return core.report();
        }
    }
}
