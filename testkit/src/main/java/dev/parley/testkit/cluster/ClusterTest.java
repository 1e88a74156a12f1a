package dev.parley.testkit.cluster;

import dev.parley.testkit.sim.Fault;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of a cluster: its one parameter is a {@link Cluster}, which has started when the method is called and is ended after it. The method
 * runs once for each protocol in each world; system properties choose among them:
 *
 * <pre>
 * -Dparley.test.worlds=simulator,one-jvm,processes   some of those that the test names
 * -Dparley.test.protocols=tendermint                 others than those that the test names
 * -Dparley.test.seed=42                              this seed alone in the simulator
 * </pre>
 *
 * A test that needs what a world lacks is skipped there, and the report says why. A test that fails says what had happened to each
 * validator, in order, with the end of its log and with what runs it again.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(ClusterExtension.class)
public @interface ClusterTest {
    /**
     * The class of a {@link dev.parley.app.StateMachine}, whose commands, results and snapshots Jackson is to write; or of a {@link
     * java.util.function.Supplier} of an {@link dev.parley.app.Application}. Public, not an inner class, with a public constructor without
     * parameters: other processes make one too.
     */
    Class<?> application();

    /** How many, 4 or more. */
    int validators() default 4;

    String[] protocols() default {"hotstuff"};

    World[] worlds() default {World.SIMULATOR, World.ONE_JVM, World.PROCESSES};

    /** All that the test does to its cluster beside submitting commands. */
    Capability[] needs() default {};

    /** With how many seeds it runs in the simulator, from 1 on. */
    int seeds() default 1;

    /** What simulated networks, disks and clocks are like; each seed draws how much of it there is. Partitions, crashes and Byzantine validators come from the test alone. */
    Fault[] weather() default {Fault.DELAY, Fault.REORDERING, Fault.DUPLICATION, Fault.SLOW_DISK, Fault.CLOCK_SKEW};

    /** Settings, as in {@code reference.conf}, for the worlds that read them: not the simulator. */
    String config() default "";
}
