package dev.parley.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The tests of the tests: every bug of every protocol. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class PlantedBugsTest {
    static Stream<Arguments> bugs() {
        return ServiceLoader.load(ProtocolUnderTest.class).stream()
                .map(ServiceLoader.Provider::get)
                .flatMap(protocol -> protocol.bugs().stream().map(bug -> Arguments.of(protocol.name(), bug.name())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("bugs")
    void each_is_caught(String name, String bugName) {
        ProtocolUnderTest protocol = ProtocolUnderTest.named(name);
        PlantedBug bug = protocol.bug(bugName);
        Campaign.Result result = Campaign.hunt(protocol, bug, 1, bug.maxSeeds());
        assertThat(result.firstViolation())
                .as(bug.what() + ": not noticed within " + bug.maxSeeds() + " seeds")
                .isNotNull();
        assertThat(result.replay()).startsWith("./parley simulate").contains("--bug " + bugName);
    }
}
