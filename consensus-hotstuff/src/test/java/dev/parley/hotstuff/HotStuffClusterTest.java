package dev.parley.hotstuff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.hotstuff.HotStuffSettings.Election;
import dev.parley.hotstuff.HotStuffSettings.Variant;
import org.junit.jupiter.api.Test;

class HotStuffClusterTest {
    private static TestCluster cluster(Variant variant, Election election, int viewsPerLeader) {
        return new TestCluster(
                4,
                new HotStuffProtocol(
                        HotStuffSettings.DEFAULTS.withVariant(variant).withElection(election, viewsPerLeader)));
    }

    @Test
    void decides_commands_at_every_validator_and_then_rests() {
        TestCluster cluster = TestCluster.of(4).start();
        cluster.submit(1);
        cluster.run(500);
        assertThat(cluster.minHeight()).isGreaterThanOrEqualTo(1);
        cluster.assertAgreement();
        assertThat(cluster.isIdle()).isTrue();
        for (TestCluster.TestNode node : cluster.nodes) {
            assertThat(node.decidedCommands).containsExactly(1L);
        }
    }

    @Test
    void three_chain_decides_commands_at_every_validator_and_then_rests() {
        TestCluster cluster =
                cluster(Variant.THREE_CHAIN, Election.SKIP_FAILED, 1).start();
        cluster.submit(25);
        cluster.run(500);
        cluster.assertAgreement();
        for (TestCluster.TestNode node : cluster.nodes) {
            assertThat(node.decidedCommands).hasSize(25);
        }
        cluster.run(100_000);
        assertThat(cluster.isIdle()).isTrue();
    }

    @Test
    void two_chain_goes_on_without_one_silent_validator() {
        for (int silent = 0; silent < 4; silent++) {
            TestCluster cluster = TestCluster.of(4).start(silent);
            for (int i = 0; i < 20; i++) {
                cluster.submit(10);
                cluster.run(1000);
            }
            cluster.run(10_000);
            cluster.assertAgreement();
            for (TestCluster.TestNode node : cluster.nodes) {
                assertThat(node.decidedCommands)
                        .as(node.core == null ? "" : node.core().report().toString())
                        .hasSize(node.up ? 200 : 0);
            }
        }
    }

    @Test
    void hazard_8_three_chain_with_a_new_leader_each_view_never_decides_with_one_of_four_silent() {
        TestCluster cluster =
                cluster(Variant.THREE_CHAIN, Election.ROUND_ROBIN, 1).start(3);
        cluster.submit(1);
        cluster.run(2_000_000);
        assertThat(cluster.minHeight()).isZero();
    }

    @Test
    void hazard_8_is_cured_by_leaders_that_keep_several_views() {
        TestCluster cluster =
                cluster(Variant.THREE_CHAIN, Election.ROUND_ROBIN, 4).start(3);
        cluster.submit(1);
        cluster.run(200_000);
        assertThat(cluster.minHeight()).isPositive();
        cluster.assertAgreement();
    }

    @Test
    void hazard_8_is_cured_by_passing_over_leaders_that_failed() {
        TestCluster cluster =
                cluster(Variant.THREE_CHAIN, Election.SKIP_FAILED, 1).start(3);
        cluster.submit(1);
        cluster.run(200_000);
        assertThat(cluster.minHeight()).isPositive();
        cluster.assertAgreement();
    }
}
