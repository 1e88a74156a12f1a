package dev.parley.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Seeds that found a bug once, by the bug's name. What a seed draws may change, so each also stands for the runs around it. */
class RegressionSeedsTest {
    private static final int AROUND = 5;

    @ParameterizedTest
    @CsvSource({
        "time-out said otherwise after a restart, hotstuff, 243",
        "payload checked on a parent not durable yet, hotstuff, 554",
        "payload checked on a parent not durable yet, hotstuff, 800"
    })
    void stays_fixed(String bug, String protocol, long seed) {
        Campaign.Result result = Campaign.run(
                ProtocolUnderTest.named(protocol),
                SimulationOptions.DEFAULTS.withFaults(EnumSet.complementOf(EnumSet.of(Fault.LOST_DISK))),
                seed - AROUND,
                2 * AROUND + 1,
                (runs, events) -> {});
        assertThat(result.firstViolation()).as(bug + ": " + result.replay()).isNull();
    }
}
