package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.v;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TestCluster.Proposed;
import dev.parley.tendermint.TestCluster.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Four and more validators together, each message one millisecond under way unless a test says otherwise. */
class TendermintClusterTest {
    private static TestCluster four() {
        return new TestCluster(new Fixture()).start();
    }

    @Test
    void a_command_is_committed_three_message_delays_after_its_proposal_everywhere() {
        TestCluster cluster = four();
        cluster.run(100);
        cluster.submit(1);
        cluster.run(50);
        assertThat(cluster.proposed).containsExactly(new Proposed(100, 1, 0));
        for (TestNode node : cluster.nodes) {
            assertThat(node.decidedAt).containsOnlyKeys(1L).containsEntry(1L, 103L);
        }
    }

    @Test
    void under_load_each_proposal_leaves_at_the_moment_at_which_its_height_opens() {
        TestCluster cluster = four();
        cluster.commandsPerBlock = 1;
        cluster.submit(10);
        cluster.run(200);
        List<Proposed> expected = new ArrayList<>();
        for (int height = 1; height <= 10; height++) {
            expected.add(new Proposed(3L * (height - 1), height, 0));
        }
        assertThat(cluster.proposed).isEqualTo(expected);
        cluster.assertAgreement();
        for (TestNode node : cluster.nodes) {
            assertThat(node.decidedCommands()).hasSize(10);
            assertThat(node.refusals).isEmpty();
        }
    }

    @Test
    void large_payloads_in_parts_take_no_more_message_delays() {
        TestCluster cluster =
                new TestCluster(new Fixture(TendermintSettings.DEFAULTS.withPartBytes(200), 1, 1, 1, 1)).start();
        cluster.submit(10);
        cluster.run(50);
        for (TestNode node : cluster.nodes) {
            assertThat(node.decidedAt).containsEntry(1L, 3L);
            assertThat(node.refusals).isEmpty();
        }
    }

    @Test
    void rests_once_all_is_decided() {
        TestCluster cluster = four();
        assertThat(cluster.isIdle()).isTrue();
        cluster.submit(25);
        cluster.run(2000);
        assertThat(cluster.minHeight()).isEqualTo(3);
        assertThat(cluster.isIdle()).isTrue();
        cluster.run(100_000);
        assertThat(cluster.minHeight()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void goes_on_without_one_silent_validator(int silent) {
        TestCluster cluster = four();
        cluster.nodes[silent].crash();
        cluster.commandsPerBlock = 1;
        cluster.submit(12);
        cluster.run(60_000);
        for (TestNode node : cluster.nodes) {
            assertThat(node.decidedCommands()).hasSize(node.index == silent ? 0 : 12);
        }
        cluster.assertAgreement();
    }

    @Test
    void decides_nothing_without_a_quorum_and_goes_on_with_one() {
        TestCluster cluster = four();
        cluster.nodes[1].crash();
        cluster.nodes[2].crash();
        cluster.submit(3);
        cluster.run(30_000);
        assertThat(cluster.nodes[0].log).isEmpty();
        cluster.nodes[2].start();
        cluster.run(30_000);
        assertThat(cluster.nodes[0].decidedCommands()).hasSize(3);
        assertThat(cluster.nodes[2].decidedCommands()).hasSize(3);
    }

    /** The proof assumes that what one correct validator received all receive; links lose, gossip brings it all the same. */
    @Test
    void gossip_makes_up_for_links_that_lose_proposals_and_parts() {
        TestCluster cluster =
                new TestCluster(new Fixture(TendermintSettings.DEFAULTS.withPartBytes(200), 1, 1, 1, 1)).start();
        boolean[] lost = new boolean[1];
        cluster.links = (from, to, message) -> {
            boolean loses = from == 0 && to != 1 && (message instanceof Proposal || message instanceof Part);
            lost[0] |= loses;
            return !loses;
        };
        cluster.submit(10);
        cluster.run(30_000);
        assertThat(lost[0]).isTrue();
        assertThat(cluster.minHeight()).isEqualTo(1);
        for (TestNode node : cluster.nodes) {
            assertThat(node.decidedCommands()).hasSize(10);
        }
        cluster.assertAgreement();
    }

    @Test
    void a_validator_that_was_away_is_brought_up_by_certificates() {
        TestCluster cluster = four();
        cluster.commandsPerBlock = 1;
        cluster.nodes[3].crash();
        cluster.submit(9);
        cluster.run(60_000);
        cluster.nodes[3].start();
        cluster.submit(2);
        cluster.run(60_000);
        assertThat(cluster.nodes[3].decidedCommands()).hasSize(11);
        cluster.assertAgreement();
    }

    @Test
    void weighted_validators_propose_by_their_power_and_a_quorum_of_power_decides() {
        TestCluster cluster = new TestCluster(new Fixture(TendermintSettings.DEFAULTS, 3, 3, 3, 1, 1, 1)).start();
        for (int light = 3; light < 6; light++) {
            cluster.nodes[light].crash();
        }
        cluster.commandsPerBlock = 1;
        cluster.submit(12);
        cluster.run(120_000);
        for (int heavy = 0; heavy < 3; heavy++) {
            assertThat(cluster.nodes[heavy].decidedCommands()).hasSize(12);
            assertThat(cluster.nodes[heavy].log)
                    .allMatch(block -> block.certificate().signers().containsAll(List.of(v(0), v(1), v(2))));
        }
        cluster.assertAgreement();
    }

    @Test
    void agrees_and_decides_all_after_loss_reordering_duplicates_and_crashes() {
        for (int seed = 0; seed < 40; seed++) {
            TestCluster cluster =
                    new TestCluster(new Fixture(TendermintSettings.DEFAULTS.withPartBytes(200), 1, 1, 1, 1)).start();
            Random chance = new Random(seed);
            cluster.random = chance;
            cluster.commandsPerBlock = 4;
            cluster.links = (from, to, message) -> chance.nextInt(5) != 0;
            for (int i = 0; i < 10; i++) {
                cluster.submit(2);
                TestNode crashing = cluster.nodes[chance.nextInt(4)];
                crashing.crash();
                cluster.run(chance.nextInt(1500));
                crashing.start();
                cluster.run(chance.nextInt(500));
                cluster.assertAgreement();
            }
            cluster.links = (from, to, message) -> true;
            for (int i = 0; i < 7; i++) {
                cluster.run(10_000);
                cluster.bringUp();
            }
            cluster.run(1000);
            cluster.assertAgreement();
            for (TestNode node : cluster.nodes) {
                assertThat(node.decidedCommands())
                        .as("seed %d", seed)
                        .hasSize(20)
                        .doesNotHaveDuplicates();
            }
        }
    }
}
