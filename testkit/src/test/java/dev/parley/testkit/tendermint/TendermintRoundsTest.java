package dev.parley.testkit.tendermint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.observe.Observation;
import dev.parley.tendermint.Views;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.sim.Fault;
import dev.parley.testkit.sim.RunResult;
import dev.parley.testkit.sim.Simulation;
import dev.parley.testkit.sim.SimulationOptions;
import dev.parley.testkit.sim.Swarm;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Progress as the paper promises it: where time-outs exceed the network's delay, a height decides within f + 2 rounds. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class TendermintRoundsTest {
    private static final TendermintUnderTest TENDERMINT = new TendermintUnderTest();
    private static final int SEEDS = 30;
    /** The behaviour that once cost a round more, in one height of four hundred, and how many seeds it takes to see that. */
    private static final String RARE = "lock-scatterer";

    private static final int SEEDS_OF_RARE = 150;
    /** A fifth of the shortest time-out, so that a message, its answer and what is fetched meanwhile are in time. */
    private static final long FAST_MICROS = 10_000;

    static Stream<Arguments> behaviours() {
        return TENDERMINT.behaviours().stream()
                .map(Behaviour::name)
                .flatMap(name -> Stream.of(4, 7).map(size -> Arguments.of(name, size)));
    }

    @ParameterizedTest(name = "{0} among {1}")
    @MethodSource("behaviours")
    void a_height_decides_within_f_plus_2_rounds(String behaviour, int validators) {
        SimulationOptions options = SimulationOptions.DEFAULTS
                .withValidators(validators)
                .withBlocks(30)
                .withFaults(Set.of(Fault.DELAY));
        for (int i = 0; i < options.mayFail(); i++) {
            // Neighbours, so that their turns follow each other.
            options = options.withByzantine(1 + i, behaviour);
        }
        int faulty = options.mayFail();
        Simulation simulation = new Simulation(TENDERMINT, options);
        int fastRuns = 0;
        int seeds = behaviour.equals(RARE) ? SEEDS_OF_RARE : SEEDS;
        for (long seed = 1; seed <= seeds; seed++) {
            long[] highest = new long[1];
            RunResult result = simulation.run(seed, (micros, validator, observation) -> {
                boolean correct = validator.index() < 1 || validator.index() > faulty;
                if (correct && observation instanceof Observation.Decided decided) {
                    highest[0] = Math.max(highest[0], Views.round(decided.view()));
                }
            });
            assertThat(result.failure()).as("seed %d", seed).isNull();
            Swarm swarm = result.swarm();
            if (!swarm.tail() && swarm.minDelay() + swarm.spread() <= FAST_MICROS) {
                fastRuns++;
                assertThat(highest[0])
                        .as("the highest round in which seed %d decided, counted from 0", seed)
                        .isLessThanOrEqualTo(faulty + 1);
            }
        }
        assertThat(fastRuns).isGreaterThan(seeds / 3);
    }
}
