package dev.parley.testkit.hotstuff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testkit.sim.Campaign;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HotStuffBugsTest {
    static Stream<Arguments> bugs() {
        return Stream.of("hotstuff", "hotstuff-three-chain")
                .map(ProtocolUnderTest::named)
                .flatMap(protocol -> protocol.bugs().stream().map(bug -> Arguments.of(protocol.name(), bug.name())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("bugs")
    void each_planted_bug_is_caught(String name, String bugName) {
        ProtocolUnderTest protocol = ProtocolUnderTest.named(name);
        PlantedBug bug = protocol.bug(bugName);
        Campaign.Result result = Campaign.hunt(protocol, bug, 1, bug.maxSeeds());
        assertThat(result.firstViolation())
                .as(bug.what() + ": not noticed within " + bug.maxSeeds() + " seeds")
                .isNotNull();
        assertThat(result.replay()).startsWith("./parley simulate").contains("--bug " + bugName);
    }
}
