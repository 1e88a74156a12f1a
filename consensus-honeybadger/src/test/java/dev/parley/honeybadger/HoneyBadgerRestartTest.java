package dev.parley.honeybadger;

import static dev.parley.honeybadger.TestCluster.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.Input;
import dev.parley.crypto.threshold.IdealThreshold;
import dev.parley.honeybadger.TestCluster.Node;
import org.junit.jupiter.api.Test;

/** What was said before a restart is said again and nothing in its place ({@link TestCluster} holds each validator to it). */
class HoneyBadgerRestartTest {
    private static final int SEEDS = 3;

    private static TestCluster cluster(long seed) {
        TestCluster cluster = new TestCluster(seed).start();
        cluster.submit(command(1));
        return cluster;
    }

    private static int writesOf(int index, long seed) {
        TestCluster whole = cluster(seed);
        whole.run();
        whole.assertDecided(1);
        return whole.nodes.get(index).writes;
    }

    /** What the shell says of links to a peer that was away. */
    private static void doubtLinks(TestCluster cluster) {
        cluster.correct().forEach(node -> node.give(new Input.LinksDoubtful()));
    }

    private static void restart(TestCluster cluster, Node node) {
        node.writesLeft = Integer.MAX_VALUE;
        node.pool.put(command(100).id(), command(100));
        node.start();
        doubtLinks(cluster);
    }

    @Test
    void after_every_write_a_restarted_validator_says_nothing_else_and_decides_with_the_others() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            int writes = writesOf(0, seed);
            assertThat(writes).isGreaterThan(30);
            for (int crash = 0; crash < writes; crash++) {
                TestCluster cluster = new TestCluster(seed);
                Node node = cluster.nodes.getFirst();
                node.writesLeft = crash;
                cluster.start();
                cluster.submit(command(1));
                cluster.run();
                assertThat(node.up).isFalse();
                restart(cluster, node);
                cluster.settle();
                cluster.assertDecided(1);
                assertThat(node.pool).as("crash %d of seed %d", crash, seed).isEmpty();
            }
        }
    }

    @Test
    void after_every_write_it_goes_on_in_the_midst_of_the_others() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            int writes = writesOf(0, seed);
            for (int crash = 0; crash < writes; crash++) {
                TestCluster cluster = new TestCluster(seed);
                Node node = cluster.nodes.getFirst();
                node.writesLeft = crash;
                cluster.start();
                cluster.submit(command(1));
                cluster.runUntil(() -> !node.up);
                restart(cluster, node);
                cluster.settle();
                cluster.assertDecided(1);
            }
        }
    }

    @Test
    void all_four_restart_at_once_after_any_number_of_writes_and_decide() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            int writes = writesOf(0, seed);
            for (int crash = 0; crash < writes; crash++) {
                TestCluster cluster = new TestCluster(seed);
                int before = crash;
                cluster.nodes.forEach(node -> node.writesLeft = before);
                cluster.start();
                cluster.submit(command(1));
                cluster.run();
                for (Node node : cluster.nodes) {
                    node.up = false;
                }
                for (Node node : cluster.nodes) {
                    node.writesLeft = Integer.MAX_VALUE;
                    node.pool.put(command(100).id(), command(100));
                    node.start();
                }
                doubtLinks(cluster);
                cluster.settle();
                assertThat(cluster.nodes.getFirst().decidedCommands())
                        .as("crash %d of seed %d", crash, seed)
                        .contains(1);
                cluster.assertDecided(1);
            }
        }
    }

    @Test
    void all_crash_again_and_again_and_still_say_one_thing() {
        for (int seed = 1; seed <= 60; seed++) {
            TestCluster cluster = new TestCluster(seed).start();
            cluster.submit(command(1));
            for (int round = 0; round < 8; round++) {
                Node node = cluster.nodes.get((seed + round) % TestCluster.SIZE);
                node.writesLeft = (seed * 7 + round * 3) % 23;
                cluster.runUntil(() -> !node.up);
                restart(cluster, node);
            }
            cluster.settle();
            cluster.assertDecided(1);
            assertThat(cluster.nodes.getFirst().decidedCommands()).contains(1, 100);
        }
    }

    @Test
    void without_records_a_restarted_validator_contradicts_itself() {
        HoneyBadgerRules forgetful = new HoneyBadgerRules() {
            @Override
            public boolean recordsBefore() {
                return false;
            }
        };
        TestCluster cluster = new TestCluster(1, forgetful, IdealThreshold.deal(TestCluster.SIZE, 2, 7));
        cluster.start();
        cluster.submit(command(1));
        cluster.runUntil(() -> cluster.said(HoneyBadgerMessage.Vote.class).size() > 1);
        assertThatThrownBy(() -> {
                    restart(cluster, cluster.nodes.getFirst());
                    cluster.run();
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("says one thing");
    }
}
