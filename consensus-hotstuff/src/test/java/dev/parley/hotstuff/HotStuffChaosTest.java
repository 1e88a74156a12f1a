package dev.parley.hotstuff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.hotstuff.HotStuffSettings.Election;
import dev.parley.hotstuff.HotStuffSettings.Variant;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loss, delay, reordering, duplicates and restarts: agreement always, and all commands once the network has healed. */
class HotStuffChaosTest {
    @ParameterizedTest
    @CsvSource({
        "TWO_CHAIN, SKIP_FAILED, 4",
        "TWO_CHAIN, ROUND_ROBIN, 4",
        "THREE_CHAIN, SKIP_FAILED, 4",
        "TWO_CHAIN, SKIP_FAILED, 7",
        "THREE_CHAIN, SKIP_FAILED, 7"
    })
    void agrees_under_chaos_and_decides_all_afterwards(Variant variant, Election election, int size) {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            HotStuffProtocol protocol = new HotStuffProtocol(
                    HotStuffSettings.DEFAULTS.withVariant(variant).withElection(election, 1));
            TestCluster cluster = new TestCluster(size, protocol);
            cluster.random = random;
            int loss = random.nextInt(40);
            cluster.links = (from, to, message) -> random.nextInt(100) >= loss;
            cluster.start();
            for (int i = 0; i < 20; i++) {
                cluster.submit(5);
                cluster.run(random.nextInt(3000));
                TestCluster.TestNode victim = cluster.nodes[random.nextInt(size)];
                if (victim.up && random.nextBoolean()) {
                    victim.crash();
                    cluster.run(random.nextInt(2000));
                    victim.start();
                }
            }
            cluster.links = (from, to, message) -> true;
            cluster.submit(1);
            cluster.run(120_000);
            cluster.submit(1);
            cluster.run(60_000);
            cluster.assertAgreement();
            for (TestCluster.TestNode node : cluster.nodes) {
                assertThat(node.decidedCommands)
                        .as("seed %s, v%s: %s", seed, node.index, node.core().report())
                        .hasSize(102);
                assertThat(node.evidence).isEmpty();
                assertThat(node.refusals).isEmpty();
            }
            assertThat(cluster.isIdle()).isTrue();
        }
    }
}
