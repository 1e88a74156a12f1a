package dev.parley.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class CampaignTest {
    @ParameterizedTest
    @CsvSource({
        "hotstuff, 4, 100",
        "hotstuff-three-chain, 4, 100",
        "tendermint, 4, 100",
        "honeybadger, 4, 40",
        "hotstuff, 7, 50",
        "hotstuff-three-chain, 7, 50",
        "tendermint, 7, 50",
        "honeybadger, 7, 40"
    })
    void finds_nothing_and_has_tried_everything(String name, int validators, int seeds) {
        ProtocolUnderTest protocol = ProtocolUnderTest.named(name);
        SimulationOptions options = SimulationOptions.DEFAULTS.withValidators(validators);
        Campaign.Result result = Campaign.run(protocol, options, 1, seeds, (runs, events) -> {});
        assertThat(result.firstViolation()).as(result.replay()).isNull();
        assertThat(result.neverHappened(Campaign.expected(protocol, options))).isEmpty();
        assertThat(result.runs()).isEqualTo(seeds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "hotstuff-three-chain", "tendermint", "honeybadger"})
    void runs_the_same_twice(String name) {
        Simulation simulation = new Simulation(ProtocolUnderTest.named(name), SimulationOptions.DEFAULTS);
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(simulation.compareTwice(seed)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hotstuff", "hotstuff-three-chain", "tendermint", "honeybadger"})
    void gives_another_seed_another_run(String name) {
        Simulation simulation = new Simulation(ProtocolUnderTest.named(name), SimulationOptions.DEFAULTS);
        assertThat(simulation.run(1).hash()).isNotEqualTo(simulation.run(2).hash());
    }
}
