package dev.parley.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testkit.byzantine.Behaviour;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** f validators that all do the same harm from the first event on, so that no campaign has to draw it. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class BehavioursTest {
    private static final int SEEDS_OF_FOUR = 15;
    private static final int SEEDS_OF_SEVEN = 4;

    static Stream<Arguments> protocols() {
        return ServiceLoader.load(ProtocolUnderTest.class).stream()
                .map(ServiceLoader.Provider::get)
                .flatMap(protocol -> Stream.of(4, 7).map(size -> Arguments.of(protocol.name(), size)));
    }

    @ParameterizedTest(name = "{0}, {1} validators")
    @MethodSource("protocols")
    void cost_neither_agreement_nor_progress(String name, int validators) {
        ProtocolUnderTest protocol = ProtocolUnderTest.named(name);
        for (Behaviour behaviour : protocol.behaviours()) {
            SimulationOptions options =
                    SimulationOptions.DEFAULTS.withValidators(validators).withBlocks(30);
            for (int i = 0; i < options.mayFail(); i++) {
                options = options.withByzantine(1 + 3 * i, behaviour.name());
            }
            Campaign.Result result = Campaign.run(
                    protocol, options, 1, validators == 4 ? SEEDS_OF_FOUR : SEEDS_OF_SEVEN, (runs, events) -> {});
            assertThat(result.firstViolation()).as(result.replay()).isNull();
        }
    }
}
