package dev.parley.testkit.hotstuff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.Campaign;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.SimulationOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** f validators that all do the same harm from the first event on, so that no campaign has to draw it. */
class SaboteursTest {
    private static final int SEEDS = 15;

    @ParameterizedTest
    @CsvSource({"hotstuff, 4", "hotstuff-three-chain, 4", "hotstuff, 7", "hotstuff-three-chain, 7"})
    void cost_neither_agreement_nor_progress(String name, int validators) {
        ProtocolUnderTest protocol = ProtocolUnderTest.named(name);
        for (Behaviour saboteur : Saboteurs.all()) {
            SimulationOptions options =
                    SimulationOptions.DEFAULTS.withValidators(validators).withBlocks(30);
            for (int i = 0; i < options.mayFail(); i++) {
                options = options.withByzantine(1 + 3 * i, saboteur.name());
            }
            Campaign.Result result = Campaign.run(protocol, options, 1, SEEDS, (runs, events) -> {});
            assertThat(result.firstViolation()).as(result.replay()).isNull();
        }
    }
}
