package dev.parley.hotstuff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.Input;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import dev.parley.hotstuff.HotStuffSettings.Election;
import dev.parley.hotstuff.HotStuffSettings.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When validators may rest: nobody is left behind, and nobody is kept awake. */
class HotStuffRestTest {
    private record Held(int from, int to, Vote vote) {}

    /** Votes that the schedule lets arrive when it wants. */
    private final List<Held> held = new ArrayList<>();

    @Test
    void a_lone_command_takes_its_block_and_one_that_decides_it() {
        for (Variant variant : Variant.values()) {
            TestCluster cluster =
                    new TestCluster(4, new HotStuffProtocol(HotStuffSettings.DEFAULTS.withVariant(variant))).start();
            cluster.submit(1);
            cluster.run(500);
            assertThat(cluster.minHeight()).isEqualTo(1);
            assertThat(cluster.isIdle()).isTrue();
            assertThat(count(cluster, Observation.Proposed.class)).isEqualTo(variant == Variant.TWO_CHAIN ? 2 : 3);
            assertThat(count(cluster, Observation.TimedOut.class)).isZero();
        }
    }

    @Test
    void who_misses_what_ended_the_last_view_is_told_when_it_gives_the_view_up() {
        for (int deaf = 0; deaf < 4; deaf++) {
            TestCluster cluster = TestCluster.of(4).start();
            int victim = deaf;
            boolean[] lost = new boolean[1];
            cluster.links = (from, to, message) -> {
                boolean last =
                        message instanceof Advance advance && advance.highQc().view() == 2;
                if (last && to == victim && !lost[0]) {
                    lost[0] = true;
                    return false;
                }
                return true;
            };
            cluster.submit(1);
            cluster.run(100_000);
            assertThat(cluster.minHeight()).isEqualTo(1);
            assertThat(cluster.isIdle()).isTrue();
            cluster.assertAgreement();
        }
    }

    @Test
    void commands_that_come_one_by_one_in_any_order_of_messages_wait_for_no_timer() {
        for (int seed = 0; seed < 200; seed++) {
            TestCluster cluster = TestCluster.of(4);
            cluster.random = new Random(seed);
            cluster.start();
            for (int i = 1; i <= 20; i++) {
                int answered = i;
                cluster.submit(1);
                while (Arrays.stream(cluster.nodes)
                                .filter(node -> node.decidedCommands.size() == answered)
                                .count()
                        < 2) {
                    cluster.run(1);
                }
            }
            cluster.run(500);
            for (TestCluster.TestNode node : cluster.nodes) {
                assertThat(node.observations).as("seed " + seed).noneMatch(Observation.TimedOut.class::isInstance);
                assertThat(node.decidedCommands).hasSize(20);
            }
        }
    }

    @Test
    void who_misses_a_decision_that_the_highest_qc_does_not_show_is_not_left_behind() {
        certifiesAnotherBranch(decidedByALateQc());
    }

    @Test
    void nor_when_all_who_decided_have_restarted() {
        TestCluster cluster = decidedByALateQc();
        for (int decider : new int[] {0, 2, 3}) {
            cluster.nodes[decider].crash();
            cluster.nodes[decider].start();
        }
        cluster.run(10);
        certifiesAnotherBranch(cluster);
    }

    /**
     * The QC of view 2 is made late, after a TC, of a vote that was slow; it decides the command at all but v1. All have voted for a block of view
     * 3, on another branch.
     */
    private TestCluster decidedByALateQc() {
        TestCluster cluster = roundRobin();
        boolean[] deaf = new boolean[1];
        cluster.links = (from, to, message) ->
                !holds(from, to, message, 2, 3) && !(deaf[0] && to == 1 && message instanceof Advance);
        cluster.start();
        cluster.submit(1);
        cluster.run(1100);
        deaf[0] = true;
        deliver(cluster, 2, 0);
        cluster.run(10);
        assertThat(Arrays.stream(cluster.nodes).map(TestCluster.TestNode::height))
                .containsExactly(1L, 0L, 1L, 1L);
        return cluster;
    }

    private void certifiesAnotherBranch(TestCluster cluster) {
        deliver(cluster, 3, 0);
        deliver(cluster, 3, 1);
        cluster.run(20);
        cluster.links = (from, to, message) -> true;
        cluster.run(100_000);
        assertThat(cluster.minHeight()).isPositive();
        assertThat(cluster.isIdle()).isTrue();
        cluster.assertAgreement();
    }

    @Test
    void who_alone_has_a_dead_leaders_proposal_rests_with_the_others() {
        TestCluster cluster = roundRobin();
        cluster.links = (from, to, message) -> !holds(from, to, message, 2, 2)
                && !(message instanceof Proposal proposal && proposal.block().view() == 3 && to != 1);
        cluster.start();
        cluster.submit(1);
        cluster.run(1100);
        deliver(cluster, 2, 0);
        cluster.run(10);
        cluster.nodes[2].crash();
        cluster.links = (from, to, message) -> true;
        cluster.run(100_000);
        assertThat(cluster.minHeight()).isPositive();
        assertThat(count(cluster, Observation.TimedOut.class)).isLessThan(20);
    }

    private static TestCluster roundRobin() {
        return new TestCluster(
                4, new HotStuffProtocol(HotStuffSettings.DEFAULTS.withElection(Election.ROUND_ROBIN, 1)));
    }

    /** Votes of v0 and v1 in these views are slow. */
    private boolean holds(int from, int to, HotStuffMessage message, long firstView, long lastView) {
        if (message instanceof Vote vote && vote.view() >= firstView && vote.view() <= lastView && from < 2) {
            held.add(new Held(from, to, vote));
            return true;
        }
        return false;
    }

    private void deliver(TestCluster cluster, long view, int from) {
        Held vote = held.stream()
                .filter(one -> one.from == from && one.vote.view() == view)
                .findFirst()
                .orElseThrow();
        held.remove(vote);
        cluster.nodes[vote.to].handle(new Input.Received(new ValidatorId(from), vote.vote));
    }

    private static long count(TestCluster cluster, Class<? extends Observation> kind) {
        return Arrays.stream(cluster.nodes)
                .flatMap(node -> node.observations.stream())
                .filter(kind::isInstance)
                .count();
    }
}
