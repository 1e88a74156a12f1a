package dev.parley.hotstuff;

import static dev.parley.hotstuff.Fixture.v;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One test per claim of the papers, each rule by itself. */
class HotStuffRulesTest {
    private final TestCluster cluster = TestCluster.of(4);
    private final Fixture make = new Fixture(cluster);
    private final ValidatorSet validators = cluster.setups[0].validators();
    private final BlockTree tree = new BlockTree(CommitRule.TWO_CHAIN);
    private final Block b1 = make.block(Header.GENESIS, QC.GENESIS, 1, 0, List.of());
    private final Block b2 = make.block(b1.header(), make.qc(b1), 2, 1, List.of());
    private final Block b4 = make.block(b2.header(), make.qc(b2), 4, 3, List.of());

    @Test
    void jolteon_fig_2_votes_for_the_view_after_the_qc() {
        assertThat(new TwoChainVoting().refuse(SafetyRecord.INITIAL, b2, null, tree))
                .isNull();
    }

    @Test
    void jolteon_fig_2_votes_after_a_tc_only_at_or_above_what_it_reports() {
        Block low = make.block(b1.header(), make.qc(b1), 4, 3, List.of());
        TC reportsTwo = make.tc(3, make.qc(b2), 0, 1, 2);
        TC reportsOne = make.tc(3, make.qc(b1), 0, 1, 2);
        TwoChainVoting rule = new TwoChainVoting();
        assertThat(rule.refuse(SafetyRecord.INITIAL, b4, reportsTwo, tree)).isNull();
        assertThat(rule.refuse(SafetyRecord.INITIAL, low, reportsOne, tree)).isNull();
        assertThat(rule.refuse(SafetyRecord.INITIAL, low, reportsTwo, tree)).contains("view 2 was reported");
        assertThat(rule.refuse(SafetyRecord.INITIAL, low, null, tree)).isNotNull();
        assertThat(rule.refuse(SafetyRecord.INITIAL, low, make.tc(2, make.qc(b1), 0, 1, 2), tree))
                .isNotNull();
    }

    @Test
    void votes_once_per_view_and_not_after_giving_it_up() {
        ViewGuard guard = ViewGuard.ONCE_PER_VIEW;
        assertThat(guard.refuse(3, SafetyRecord.INITIAL.withVote(2, b2.id()).withTimeout(2)))
                .isNull();
        assertThat(guard.refuse(3, SafetyRecord.INITIAL.withVote(3, b4.id()))).isNotNull();
        assertThat(guard.refuse(3, SafetyRecord.INITIAL.withTimeout(3))).isNotNull();
    }

    @Test
    void podc_2019_safe_node_votes_for_the_locked_branch_or_a_newer_qc() {
        tree.insert(b1);
        tree.insert(b2);
        SafetyRecord lockedOnTwo = SafetyRecord.INITIAL.withLocked(make.qc(b2));
        Block fork = make.block(b1.header(), make.qc(b1), 3, 2, List.of());
        assertThat(new ThreeChainVoting().refuse(lockedOnTwo, b4, null, tree)).isNull();
        assertThat(new ThreeChainVoting().refuse(lockedOnTwo, fork, null, tree)).contains("lock of view 2");
        SafetyRecord lockedOnOne = SafetyRecord.INITIAL.withLocked(make.qc(b1));
        assertThat(new ThreeChainVoting().refuse(lockedOnOne, fork, null, tree)).isNull();
    }

    @Test
    void podc_2019_locks_the_parent_of_the_newest_certified_block() {
        assertThat(LockRule.THREE_CHAIN.lock(QC.GENESIS, b2)).isEqualTo(make.qc(b1));
        assertThat(LockRule.THREE_CHAIN.lock(make.qc(b2), b2)).isEqualTo(make.qc(b2));
    }

    @Test
    void hazard_6_decides_consecutive_views_alone() {
        assertThat(CommitRule.TWO_CHAIN.commits(List.of(b1.header(), b2.header())))
                .isTrue();
        assertThat(CommitRule.TWO_CHAIN.commits(List.of(b2.header(), b4.header())))
                .isFalse();
        assertThat(CommitRule.THREE_CHAIN.commits(List.of(b1.header(), b2.header(), b4.header())))
                .isFalse();
    }

    @Test
    void delay_doubles_from_the_second_failed_view_to_its_cap() {
        Pacemaker pacemaker = new Pacemaker.Exponential(Duration.ofMillis(100), Duration.ofMillis(700));
        assertThat(pacemaker.delay(0)).isEqualTo(Duration.ofMillis(100));
        assertThat(pacemaker.delay(1)).isEqualTo(Duration.ofMillis(100));
        assertThat(pacemaker.delay(2)).isEqualTo(Duration.ofMillis(200));
        assertThat(pacemaker.delay(4)).isEqualTo(Duration.ofMillis(700));
        assertThat(pacemaker.delay(Long.MAX_VALUE)).isEqualTo(Duration.ofMillis(700));
    }

    @Test
    void round_robin_keeps_leaders_for_their_views() {
        RoundRobin election = new RoundRobin(2);
        assertThat(election.afterTimeout(validators, 1)).isEqualTo(v(0));
        assertThat(election.afterTimeout(validators, 2)).isEqualTo(v(0));
        assertThat(election.afterTimeout(validators, 3)).isEqualTo(v(1));
        assertThat(election.afterTimeout(validators, 9)).isEqualTo(v(0));
    }

    @Test
    void puts_a_failed_view_down_to_its_leader_and_less_so_to_the_collector_of_its_votes() {
        // View 3 was opened by the QC of view 2 and got none itself: v2 led it, v3 was to collect its votes.
        assertThat(new SkipFailed(1).suspects(validators, b2.header(), 4))
                .containsExactly(new Suspect(v(2), 3, 3, 3), new Suspect(v(3), 3, 2, 2));
    }

    @Test
    void a_silent_validator_is_soon_the_one_that_is_passed_over() {
        // View 3 got no QC because v3 kept the votes; view 4, opened by a TC, is v3's own.
        SkipFailed election = new SkipFailed(1);
        List<Suspect> suspects = election.suspects(validators, b2.header(), 5);
        Header child = make.block(b2.header(), make.qc(b2), 5, 0, suspects).header();
        assertThat(leads(3, child, 6)).isFalse();
        assertThat(leads(2, child, 6)).as("its neighbour stays").isTrue();
    }

    @Test
    void a_leader_that_shows_the_certificate_and_then_fails_is_passed_over_and_not_its_successor() {
        // View 3 was opened by a QC that v2 published, and v2 proposed nothing.
        SkipFailed election = new SkipFailed(1);
        List<Suspect> suspects = election.suspects(validators, b2.header(), 4);
        Header child = make.block(b2.header(), make.qc(b2), 4, 3, suspects).header();
        assertThat(leads(2, child, 5)).isFalse();
        assertThat(leads(3, child, 5)).isTrue();
    }

    @Test
    void at_most_f_are_passed_over_however_many_are_suspected() {
        List<Suspect> all = List.of(
                new Suspect(v(0), 3, 5, 5),
                new Suspect(v(1), 3, 6, 6),
                new Suspect(v(2), 3, 7, 7),
                new Suspect(v(3), 3, 8, 8));
        Header suspecting = make.block(b2.header(), make.qc(b2), 4, 3, all).header();
        assertThat(leads(0, suspecting, 5)).isTrue();
        assertThat(leads(1, suspecting, 5)).isTrue();
        assertThat(leads(2, suspecting, 5)).isTrue();
        assertThat(leads(3, suspecting, 5)).isFalse();
    }

    @Test
    void who_fails_now_is_passed_over_whatever_others_did_long_before() {
        List<Suspect> both = List.of(new Suspect(v(1), 3, 30, 30), new Suspect(v(3), 50, 3, 3));
        Header suspecting = make.block(b2.header(), make.qc(b2), 52, 0, both).header();
        assertThat(leads(3, suspecting, 53)).isFalse();
        assertThat(leads(1, suspecting, 53)).isTrue();
    }

    @Test
    void of_one_trouble_the_most_points_count_and_not_the_last_failure() {
        List<Suspect> both = List.of(new Suspect(v(1), 48, 5, 5), new Suspect(v(3), 50, 3, 3));
        Header suspecting = make.block(b2.header(), make.qc(b2), 52, 0, both).header();
        assertThat(leads(1, suspecting, 53)).isFalse();
        assertThat(leads(3, suspecting, 53)).isTrue();
    }

    /** Plays views one after the other: one has a QC if neither its leader nor the collector of its votes is dead. */
    @Test
    void who_is_dead_costs_few_time_outs_whoever_was_dead_before() {
        SkipFailed election = new SkipFailed(1);
        int most = 0;
        for (int dead = 0; dead < 4; dead++) {
            for (int before = 0; before < 4; before++) {
                for (long start = 1000; start < 1012; start++) {
                    Suspect old = new Suspect(v(before), start - 300, 20, 5);
                    Block parent = make.block(b2.header(), make.qc(b2), start, 0, List.of(old));
                    int failed = 0;
                    boolean certified = true;
                    for (long view = start + 1; view < start + 300; view++) {
                        ValidatorId leader = certified
                                ? election.afterCertificate(validators, parent.header())
                                : election.afterTimeout(validators, view);
                        certified = false;
                        if (!leader.equals(v(dead))) {
                            Block block = make.block(
                                    parent.header(),
                                    make.qc(parent),
                                    view,
                                    leader.index(),
                                    election.suspects(validators, parent.header(), view));
                            if (!election.afterCertificate(validators, block.header())
                                    .equals(v(dead))) {
                                certified = true;
                                parent = block;
                            }
                        }
                        failed += certified ? 0 : 1;
                    }
                    most = Math.max(most, failed);
                }
            }
        }
        assertThat(most).as("failed views, two if nobody was suspected before").isBetween(1, 7);
    }

    @Test
    void suspicion_lasts_twice_as_long_for_three_points_more_and_is_forgotten_in_the_end() {
        long window = SkipFailed.WINDOW * 4L;
        for (int doublings = 0; doublings < 3; doublings++) {
            Suspect suspect = new Suspect(v(3), 3, 3 * doublings + 1, 3 * doublings + 1);
            long lasts = window << doublings;
            Header suspecting =
                    make.block(b2.header(), make.qc(b2), 4, 3, List.of(suspect)).header();
            assertThat(leads(3, suspecting, 3 + lasts - 3)).as("passed over").isFalse();
            assertThat(leads(3, suspecting, 3 + lasts + 1)).as("tried again").isTrue();
            long last = 3 + 4 * lasts;
            SkipFailed election = new SkipFailed(1);
            assertThat(election.suspects(validators, at(suspecting, last), last))
                    .containsExactly(suspect);
            assertThat(election.suspects(validators, at(suspecting, last + 1), last + 1))
                    .isEmpty();
        }
    }

    /** A block of the view before {@code view} that says what {@code parent} says of suspects. */
    private Header at(Header parent, long view) {
        return make.block(parent, make.qc(b2), view - 1, 0, parent.suspects()).header();
    }

    /** Whether a validator leads any of the four views from {@code view} on. */
    private boolean leads(int validator, Header parent, long view) {
        for (long next = view; next < view + 4; next++) {
            if (new SkipFailed(1).afterCertificate(validators, at(parent, next)).equals(v(validator))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void leader_of_a_view_opened_by_time_outs_depends_on_its_number_alone() {
        ValidatorId leader = new SkipFailed(1).afterTimeout(validators, 8);
        assertThat(leader).isEqualTo(v(3));
    }
}
