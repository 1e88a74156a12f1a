package dev.parley.testkit.honeybadger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.honeybadger.HoneyBadgerProtocol;
import dev.parley.honeybadger.HoneyBadgerRules;
import dev.parley.testkit.sim.Campaign;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.SimulatedCluster;
import dev.parley.testkit.sim.SimulationOptions;
import dev.parley.testkit.sim.Swarm;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Its scenarios say what the adversary achieves; here is what it does not. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class CoinAdversaryTest {
    private static final SimulationOptions UNDER_ATTACK =
            SimulationOptions.DEFAULTS.withBlocks(20).withAdversary("coin");

    private final ProtocolUnderTest protocol = ProtocolUnderTest.named("honeybadger");

    @Test
    void under_all_faults_besides_nothing_is_violated() {
        Campaign.Result result = Campaign.run(protocol, UNDER_ATTACK, 1, 100, (runs, events) -> {});
        assertThat(result.firstViolation()).as(result.replay()).isNull();
    }

    /** So it is the loss of early shares, and not the silence, by which the bug early-share-lost is caught. */
    @Test
    void on_reliable_links_it_stalls_nobody_though_nothing_is_said_again() {
        PlantedBug silent = new PlantedBug(
                "joining-unanswered",
                "nobody says again what it said",
                new HoneyBadgerProtocol(HoneyBadgerUnderTest.SETTINGS, new HoneyBadgerRules() {
                    @Override
                    public boolean answersJoining() {
                        return false;
                    }
                }),
                UNDER_ATTACK.withFaults(Set.of()),
                100);
        Campaign.Result result = Campaign.hunt(protocol, silent, 1, silent.maxSeeds());
        assertThat(result.firstViolation()).as(result.replay()).isNull();
    }

    @Test
    void it_needs_its_validator_and_a_cluster_of_four() {
        SimulatedCluster correct = cluster(4, Map.of());
        assertThatThrownBy(() -> new CoinAdversary(correct)).hasMessage("v3 is correct: its keys are its own");
        SimulatedCluster seven = cluster(7, Map.of(3, List.of("puppet")));
        assertThatThrownBy(() -> new CoinAdversary(seven))
                .hasMessage("the coin's adversary plays with 4 validators, not 7");
    }

    private SimulatedCluster cluster(int size, Map<Integer, List<String>> byzantine) {
        return new SimulatedCluster(
                protocol,
                protocol.protocol(),
                size,
                byzantine.containsKey(3) ? Map.of(3, List.of(protocol.behaviour("puppet"))) : Map.of(),
                Swarm.CALM,
                new RandomStream(1));
    }
}
