package dev.parley.hotstuff;

import static dev.parley.hotstuff.Fixture.v;
import static dev.parley.hotstuff.OneCore.messages;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.crypto.Digest;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import dev.parley.log.CommandBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was signed before a restart is signed again or not at all: certificates learned in between are not recorded. */
class HotStuffRestartTest {
    private final TestCluster cluster = TestCluster.of(4);
    private final Fixture make = new Fixture(cluster);
    private final Block first = make.block(Header.GENESIS, QC.GENESIS, 1, 0, List.of());
    private final Block rival = new Block(1, 1, v(0), QC.GENESIS, List.of(), Fixture.payload(99));
    private final BlockId unknown = new BlockId(new Digest(1, 2, 3, 4));

    @Test
    void sends_the_time_out_of_before_although_it_knows_a_newer_qc_now() {
        OneCore core = new OneCore(cluster, 2);
        core.receive(0, new Advance(QC.GENESIS, make.tc(4, QC.GENESIS, 0, 1, 3)));
        core.give(new Input.WorkPending(true));
        Timeout before = messages(core.timeOut(), Timeout.class).getFirst();
        core.restart();
        core.receive(1, new Advance(make.qc(3, unknown, 0, 1, 3), null));
        assertThat(core.view()).isEqualTo(5);
        core.give(new Input.WorkPending(true));
        assertThat(messages(core.timeOut(), Timeout.class)).containsExactly(before);
    }

    @Test
    void forgets_the_time_out_of_before_in_the_next_view() {
        OneCore core = new OneCore(cluster, 2);
        core.give(new Input.WorkPending(true));
        core.timeOut();
        core.restart();
        core.receive(0, new Advance(QC.GENESIS, make.tc(1, QC.GENESIS, 0, 1, 3)));
        core.give(new Input.WorkPending(true));
        assertThat(messages(core.timeOut(), Timeout.class))
                .singleElement()
                .satisfies(timeout -> assertThat(timeout.view()).isEqualTo(2));
    }

    @Test
    void votes_again_for_what_it_voted_for_and_not_for_a_rival_that_was_certified() {
        OneCore core = new OneCore(cluster, 2);
        core.propose(make.proposal(first, null));
        core.receive(0, make.proposal(rival, null));
        core.receive(0, new Advance(make.qc(rival), null));
        assertThat(messages(core.restart(), Vote.class))
                .singleElement()
                .satisfies(vote -> assertThat(vote.block()).isEqualTo(first.id()));
    }

    @Test
    void never_votes_again_in_a_view_that_it_gave_up_before() {
        OneCore core = new OneCore(cluster, 2);
        core.propose(make.proposal(first, null));
        core.timeOut();
        assertThat(messages(core.restart(), Vote.class)).isEmpty();
        assertThat(messages(core.propose(make.proposal(first, null)), Vote.class))
                .isEmpty();
    }

    @Test
    void never_proposes_twice_in_a_view() {
        OneCore core = new OneCore(cluster, 0);
        core.give(new Input.WorkPending(true));
        assertThat(messages(core.give(new Input.PayloadReady(1, Fixture.payload(1))), Proposal.class))
                .hasSize(1);
        core.restart();
        core.give(new Input.WorkPending(true));
        assertThat(messages(core.give(new Input.PayloadReady(1, Fixture.payload(2))), Proposal.class))
                .isEmpty();
    }

    @Test
    void who_is_going_to_lead_records_that_with_its_vote_and_waits_for_no_disk_to_propose() {
        OneCore core = new OneCore(cluster, 1);
        assertThat(records(core.propose(make.proposal(first, null))))
                .last()
                .satisfies(record -> assertThat(record.lastProposedView()).isEqualTo(2));
        core.receive(0, new Advance(make.qc(first), null));
        List<Effect> effects = core.give(new Input.PayloadReady(1, Fixture.payload(2)));
        assertThat(messages(effects, Proposal.class)).hasSize(1);
        assertThat(records(effects)).isEmpty();
    }

    @Test
    void and_does_not_propose_in_that_view_if_it_restarts_in_between() {
        OneCore core = new OneCore(cluster, 1);
        core.propose(make.proposal(first, null));
        core.restart();
        core.give(new Input.WorkPending(true));
        core.receive(0, new Advance(make.qc(first), null));
        assertThat(messages(core.give(new Input.PayloadReady(1, Fixture.payload(2))), Proposal.class))
                .isEmpty();
    }

    /** The last command is pending until the rest begins. */
    @Test
    void who_has_rested_and_was_restarted_leads_as_ever() {
        Block shows = new Block(2, 2, v(1), make.qc(first), List.of(), new CommandBatch(2, List.of()));
        OneCore core = new OneCore(cluster, 2);
        core.give(new Input.WorkPending(true));
        core.propose(make.proposal(first, null));
        core.propose(make.proposal(shows, null));
        core.restart();
        core.receive(0, new Advance(make.qc(shows), null));
        core.give(new Input.WorkPending(true));
        assertThat(messages(core.give(new Input.PayloadReady(1, Fixture.payload(3))), Proposal.class))
                .singleElement()
                .satisfies(proposal -> assertThat(proposal.block().view()).isEqualTo(3));
    }

    private static List<SafetyRecord> records(List<Effect> effects) {
        List<SafetyRecord> records = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist(var key, SafetyRecord record)) {
                records.add(record);
            }
        }
        return records;
    }
}
