package dev.parley.testkit.cluster;

import static dev.parley.testkit.cluster.Capability.KILL;
import static dev.parley.testkit.cluster.Capability.PARTITION;
import static dev.parley.testkit.cluster.Capability.POWER_LOSS;
import static dev.parley.testkit.cluster.ClusterAssertions.assertContinuouslyThat;
import static dev.parley.testkit.cluster.ClusterAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.testkit.cluster.Register.Put;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** What tests say that fail, or that run nowhere. */
class FailingTest {
    private static EngineExecutionResults run(Class<?> test) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(test))
                .execute();
    }

    private static String message(EngineExecutionResults results) {
        List<Event> failed = results.testEvents().failed().list();
        assertThat(failed).hasSize(1);
        return String.valueOf(failed.getFirst()
                .getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow()
                .getMessage());
    }

    static final class OfAWrongNumber {
        @ClusterTest(application = Register.class, worlds = World.SIMULATOR, needs = KILL)
        void test(Cluster<Put, Integer> cluster) {
            cluster.submit(new Put("a", 1));
            cluster.kill(2);
            assertThat(cluster.submit(new Put("a", 2)).result()).isEqualTo(99);
        }
    }

    @Test
    void a_failure_tells_what_had_happened_and_how_to_have_it_again() {
        assertThat(message(run(OfAWrongNumber.class)))
                .contains(
                        "expected: 99",
                        "again: -Dtest='OfAWrongNumber#test' -Dparley.test.worlds=simulator"
                                + " -Dparley.test.protocols=hotstuff -Dparley.test.seed=1",
                        "test  submits Put[name=a, value=1] to v0",
                        "test  kills v2",
                        "v1    decides height 1",
                        "v2 is down",
                        "v0 view ");
    }

    static final class OfWhatItDoesNotSay {
        @ClusterTest(application = Register.class, worlds = World.SIMULATOR)
        void test(Cluster<Put, Integer> cluster) {
            cluster.pause(1);
        }
    }

    @Test
    void what_a_test_does_it_must_say_that_it_needs() {
        assertThat(message(run(OfWhatItDoesNotSay.class)))
                .contains("the test does not say that it needs PAUSE: @ClusterTest(needs = PAUSE)");
    }

    static final class OfWhatProcessesLack {
        @ClusterTest(application = Register.class, worlds = World.PROCESSES, needs = POWER_LOSS)
        void test(Cluster<Put, Integer> cluster) {
            assertThat(cluster.size()).as("it is not run").isZero();
        }
    }

    @Test
    void what_a_world_lacks_is_a_reason_to_skip() {
        var events = run(OfWhatProcessesLack.class).testEvents();
        assertThat(events.skipped().list())
                .singleElement()
                .satisfies(
                        event -> assertThat(event.getRequiredPayload(String.class))
                                .isEqualTo(
                                        "it needs POWER_LOSS, and a process that is killed loses nothing that the kernel holds"));
        assertThat(events.started().count()).isZero();
    }

    static final class OfSlowAnswers {
        @ClusterTest(application = Register.class, worlds = World.SIMULATOR, needs = PARTITION)
        void test(Cluster<Put, Integer> cluster) {
            var quick = assertContinuouslyThat(cluster).answersWithin(Duration.ofSeconds(3));
            cluster.partition(0, 1);
            var sent = cluster.send(new Put("a", 1));
            quick.suspendWhile(() -> cluster.runFor(Duration.ofSeconds(20)));
            cluster.runFor(Duration.ofMillis(2_900));
            cluster.await("what comes too late", Duration.ofSeconds(2), () -> false);
            cluster.await(sent);
        }
    }

    @Test
    void what_must_always_hold_ends_the_wait_in_which_it_does_not() {
        assertThat(message(run(OfSlowAnswers.class)))
                .startsWith("dev.parley.testkit.check.Violation: continuously each command is answered within PT3S")
                .doesNotContain("waited for what comes too late");
    }

    /** Gives each validator another number. */
    public static final class Fickle implements StateMachine<Put, Integer, Integer> {
        private static final AtomicInteger NEXT = new AtomicInteger();

        /** For clusters of them. */
        public static final class Maker implements Supplier<Application<Put, Integer, Integer>> {
            @Override
            public Application<Put, Integer, Integer> get() {
                return Application.of(Fickle::new, Put.class, Integer.class, Integer.class);
            }
        }

        @Override
        public Integer apply(Put command, Context context) {
            return NEXT.incrementAndGet();
        }

        @Override
        public Integer snapshot() {
            return 0;
        }

        @Override
        public void restore(Integer snapshot) {}
    }

    static final class OfAFickleMachine {
        @ClusterTest(application = Fickle.Maker.class, worlds = World.SIMULATOR)
        void test(Cluster<Put, Integer> cluster) {
            cluster.submit(new Put("a", 1));
            assertThat(cluster).agrees();
        }
    }

    @Test
    void a_state_machine_that_is_not_deterministic_is_found_out() {
        assertThat(message(run(OfAFickleMachine.class)))
                .contains("equal state: v", "has another state root after height 1");
    }

    /** Not public. */
    static final class Hidden {}

    static final class OfAHiddenMachine {
        @ClusterTest(application = Hidden.class, worlds = World.PROCESSES)
        void test(Cluster<Put, Integer> cluster) {
            assertThat(cluster.size()).as("it is not run").isZero();
        }
    }

    @Test
    void a_class_that_other_processes_cannot_use_is_refused() {
        assertThat(message(run(OfAHiddenMachine.class)))
                .contains("Hidden must be public, static if it stands in another class");
    }

    static final class OfTooManyLiars {
        @ClusterTest(application = Register.class, worlds = World.SIMULATOR, needs = Capability.BYZANTINE)
        void test(Cluster<Put, Integer> cluster) {
            cluster.byzantine(0, "silent");
            cluster.byzantine(1, "silent");
        }
    }

    @Test
    void more_liars_than_the_others_can_bear_are_refused() {
        assertThat(message(run(OfTooManyLiars.class)))
                .contains("2 Byzantine validators are more than the 1 that 4 can bear");
    }
}
