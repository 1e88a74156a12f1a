package dev.parley.testkit.honeybadger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.crypto.SigningDomain;
import dev.parley.crypto.threshold.KeyDealer;
import dev.parley.crypto.threshold.ThresholdDealer;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.StatementSlots;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.sim.Campaign;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.SimulationOptions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Runs of the simulator in which coins and sealed proposals are those of BLS12-381, and not ideal ones. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class RealCryptographyTest {
    private static final int SEEDS = 60;
    private static final int EPOCHS = 3;

    private record Real(HoneyBadgerUnderTest ideal) implements ProtocolUnderTest {
        @Override
        public String name() {
            return ideal.name();
        }

        @Override
        public ConsensusProtocol protocol() {
            return ideal.protocol();
        }

        /** Seeded, as all else is. */
        @Override
        public KeyDealer dealer() {
            return (chainId, size, threshold) -> ThresholdDealer.deal(chainId, size, threshold, new Random(size))
                    .setups();
        }

        @Override
        public boolean checksProposals() {
            return ideal.checksProposals();
        }

        @Override
        public StatementSlots slots(SigningDomain domain) {
            return ideal.slots(domain);
        }

        @Override
        public List<Oracle> oracles(Trial trial) {
            return ideal.oracles(trial);
        }

        @Override
        public List<Behaviour> behaviours() {
            return ideal.behaviours();
        }

        @Override
        public List<PlantedBug> bugs() {
            return List.of();
        }

        @Override
        public long progressBound(int validators, long slowestMicros) {
            return ideal.progressBound(validators, slowestMicros);
        }
    }

    @Test
    void runs_under_all_faults_find_nothing() {
        Campaign.Result result = Campaign.run(
                new Real(new HoneyBadgerUnderTest()),
                SimulationOptions.DEFAULTS.withBlocks(EPOCHS),
                1,
                SEEDS,
                (runs, events) -> {});
        assertThat(result.firstViolation()).as(result.replay()).isNull();
        assertThat(result.runs()).isEqualTo(SEEDS);
    }
}
