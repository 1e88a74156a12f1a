package dev.parley.hotstuff;

import static dev.parley.hotstuff.Fixture.v;
import static dev.parley.hotstuff.OneCore.messages;
import static dev.parley.hotstuff.OneCore.refusals;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Digest;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.BlockRequest;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.network.secure.Frame;
import dev.parley.network.secure.SendWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What peers can make a core remember, fetch and wait for. */
class HotStuffBoundsTest {
    private final TestCluster cluster = TestCluster.of(4);
    private final Fixture make = new Fixture(cluster);
    private final ValidatorSet validators = cluster.setups[0].validators();
    private final Block first = make.block(Header.GENESIS, QC.GENESIS, 1, 0, List.of());
    private final Block second = make.block(first.header(), make.qc(first), 2, 1, List.of());
    private final BlockId unknown = new BlockId(new Digest(1, 2, 3, 4));

    @Test
    void keeps_a_bounded_number_of_blocks_however_long_no_qc_comes() {
        OneCore core = new OneCore(cluster, 3);
        SkipFailed election = new SkipFailed(1);
        for (long view = 1; view < 1600; view++) {
            TC entry = view == 1 ? null : make.tc(view - 1, QC.GENESIS, 0, 1, 2);
            int leader = (int) ((view - 1) % 4);
            List<Suspect> suspects = election.suspects(validators, Header.GENESIS, view);
            Block block = make.block(Header.GENESIS, QC.GENESIS, view, leader, suspects);
            if (leader == 3) {
                core.receive(0, new Advance(QC.GENESIS, entry));
            } else {
                core.propose(make.proposal(block, entry));
            }
        }
        // One more than the bound: it is held whenever a view begins.
        assertThat(core.details())
                .contains(BlockTree.MAX_UNCERTIFIED + 1 + " undecided blocks, 0 without their ancestors");
    }

    @Test
    void asks_for_one_missing_block_at_a_time_and_takes_the_answer() {
        OneCore core = new OneCore(cluster, 3);
        assertThat(messages(core.receive(2, new Advance(make.qc(second), null)), BlockRequest.class))
                .extracting(BlockRequest::block)
                .containsExactly(second.id());
        // Extends another block that is missing, below what this core knows to be certified.
        TC entry = make.tc(4, make.qc(first), 0, 1, 2);
        Block low = make.block(first.header(), make.qc(first), 5, 0, List.of());
        assertThat(messages(core.receive(0, make.proposal(low, entry)), BlockRequest.class))
                .isEmpty();
        for (boolean pending : new boolean[] {true, false, true}) {
            assertThat(messages(core.give(new Input.WorkPending(pending)), BlockRequest.class))
                    .isEmpty();
        }
        assertThat(refusals(core.receive(2, new BlockResponse(second.id(), List.of(second, first)))))
                .doesNotContain(Reason.UNREQUESTED);
        assertThat(core.details()).noneMatch(detail -> detail.startsWith("fetches"));
    }

    @Test
    void for_a_peer_that_takes_nothing_the_newest_proposals_are_kept_and_all_votes() {
        SendWindow window = new SendWindow(new SendWindow.Limits(1 << 20, 4096, 1 << 19, 1000, 4000));
        Proposal proposal = make.proposal(first, null);
        for (int i = 1; i <= 100; i++) {
            window.offer(Frame.of(new byte[i], proposal.topic()));
            window.offer(Frame.of(new byte[i], make.vote(1, i, first.id()).topic()));
        }
        List<Integer> lengths = new ArrayList<>();
        for (var next = window.next(0); next != null; next = window.next(0)) {
            lengths.add(next.frame().length());
            window.acknowledged(next.number() + 1, false, 0);
        }
        List<Integer> kept = new ArrayList<>();
        IntStream.rangeClosed(1, 100).forEach(kept::add);
        IntStream.rangeClosed(69, 100).forEach(kept::add);
        assertThat(lengths).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void hears_from_the_peer_that_was_asked_alone_that_there_are_no_blocks() {
        OneCore core = new OneCore(cluster, 3);
        core.receive(2, new Advance(make.qc(second), null));
        BlockResponse none = new BlockResponse(second.id(), List.of());
        List<Effect> liar = core.receive(1, none);
        assertThat(refusals(liar)).containsExactly(Reason.UNREQUESTED);
        assertThat(liar).noneMatch(Effect.CatchUp.class::isInstance);
        assertThat(core.receive(2, none)).contains(new Effect.CatchUp(1, v(2)));
    }

    @Test
    void a_message_counts_in_queues_for_what_it_holds() {
        Command large = new Command(new CommandId(new ClientId(1, 1), 1), 0, 1, new byte[100_000]);
        Block block = new Block(1, 1, v(0), QC.GENESIS, List.of(), new CommandBatch(1, List.of(large)));
        assertThat(make.proposal(block, null).approximateBytes()).isGreaterThan(100_000);
        assertThat(new BlockResponse(block.id(), List.of(block, block)).approximateBytes())
                .isGreaterThan(200_000);
    }

    @Test
    void looks_at_four_blocks_of_a_view_and_no_more() {
        OneCore core = new OneCore(cluster, 2);
        long looked = 0;
        for (int i = 0; i < 8; i++) {
            Block block = new Block(1, 1, v(0), QC.GENESIS, List.of(), Fixture.payload(i));
            looked += core.receive(0, make.proposal(block, null)).stream()
                    .filter(Effect.CheckPayload.class::isInstance)
                    .count();
            core.give(new Input.PayloadChecked(block.id(), false));
        }
        assertThat(looked).isEqualTo(4);
    }

    @Test
    void keeps_one_proposal_with_a_missing_parent_of_each_proposer() {
        OneCore core = new OneCore(cluster, 3);
        for (int i = 0; i < 5; i++) {
            Block block = new Block(2, 2, v(1), make.qc(first), List.of(), Fixture.payload(i));
            core.receive(1, make.proposal(block, null));
        }
        assertThat(core.details()).contains("0 undecided blocks, 1 without their ancestors");
    }

    @Test
    void keeps_a_bounded_number_of_blocks_without_ancestors() {
        Orphans orphans = new Orphans();
        for (int i = 0; i < 300; i++) {
            orphans.add(new Block(2, 2, v(1), make.qc(first), List.of(), Fixture.payload(i)));
        }
        assertThat(orphans.size()).isEqualTo(128);
    }

    @Test
    void answers_with_no_more_blocks_than_were_asked_for() {
        OneCore core = new OneCore(cluster, 3);
        core.propose(make.proposal(first, null));
        core.propose(make.proposal(second, null));
        assertThat(messages(core.receive(2, new BlockRequest(second.id(), 1)), BlockResponse.class))
                .containsExactly(new BlockResponse(second.id(), List.of(second)));
        assertThat(messages(core.receive(2, new BlockRequest(second.id(), 16)), BlockResponse.class))
                .containsExactly(new BlockResponse(second.id(), List.of(second, first)));
        assertThat(messages(core.receive(2, new BlockRequest(unknown, 16)), BlockResponse.class))
                .containsExactly(new BlockResponse(unknown, List.of()));
    }

    @Test
    void takes_the_proposal_that_comes_after_its_qc_for_the_missing_block() {
        OneCore core = new OneCore(cluster, 3);
        core.receive(1, new Advance(make.qc(first), null));
        assertThat(core.details()).anyMatch(detail -> detail.startsWith("fetches"));
        core.receive(0, make.proposal(first, null));
        assertThat(core.details()).noneMatch(detail -> detail.startsWith("fetches"));
    }

    @Test
    void answers_a_vote_long_past_with_what_brings_its_voter_up() {
        OneCore core = new OneCore(cluster, 3);
        TC entry = make.tc(9, QC.GENESIS, 0, 1, 2);
        core.receive(1, new Advance(QC.GENESIS, entry));
        List<Effect> effects = core.receive(0, make.vote(0, 1, first.id()));
        assertThat(refusals(effects)).containsExactly(Reason.STALE);
        assertThat(messages(effects, Advance.class)).containsExactly(new Advance(QC.GENESIS, entry));
    }

    @Test
    void delay_comes_back_with_a_decision_and_not_with_a_qc() {
        OneCore core = new OneCore(cluster, 2);
        core.give(new Input.WorkPending(true));
        TC entry = make.tc(3, QC.GENESIS, 0, 1, 3);
        core.receive(0, new Advance(QC.GENESIS, make.tc(1, QC.GENESIS, 0, 1, 3)));
        core.receive(0, new Advance(QC.GENESIS, make.tc(2, QC.GENESIS, 0, 1, 3)));
        core.receive(0, new Advance(QC.GENESIS, entry));
        SkipFailed election = new SkipFailed(1);
        Block a = make.block(Header.GENESIS, QC.GENESIS, 4, 3, election.suspects(validators, Header.GENESIS, 4));
        int leader = election.afterCertificate(validators, a.header()).index();
        Block b = make.block(a.header(), make.qc(a), 5, leader, election.suspects(validators, a.header(), 5));
        core.propose(make.proposal(a, entry));
        assertThat(core.receive(leader, make.proposal(b, null)))
                .contains(new Effect.StartTimer(HotStuffCore.VIEW_TIMER, Duration.ofSeconds(4)));
        assertThat(core.receive(0, new Advance(make.qc(b), null)))
                .contains(new Effect.StartTimer(HotStuffCore.VIEW_TIMER, Duration.ofSeconds(1)));
    }

    @Test
    void asks_another_signer_when_no_answer_comes() {
        OneCore core = new OneCore(cluster, 3);
        core.receive(2, new Advance(make.qc(second), null));
        List<Effect> effects = core.give(new Input.TimerFired(Fetcher.TIMER));
        assertThat(effects).contains(new Effect.Send(v(1), new BlockRequest(second.id(), 16)));
    }

    @Test
    void leader_is_silent_when_the_qc_it_was_to_extend_is_overtaken_by_one_whose_block_it_lacks() {
        OneCore core = new OneCore(cluster, 0);
        core.receive(1, new Advance(QC.GENESIS, make.tc(4, QC.GENESIS, 1, 2, 3)));
        core.receive(1, new Advance(make.qc(4, unknown, 1, 2, 3), null));
        for (long ticket = 1; ticket < 5; ticket++) {
            assertThat(messages(core.give(new Input.PayloadReady(ticket, Fixture.payload(1))), Proposal.class))
                    .isEmpty();
        }
    }

    @Test
    void tells_a_time_out_again_once_a_weak_quorum_gave_the_view_up_even_without_work() {
        TestCluster seven = TestCluster.of(7);
        Fixture of7 = new Fixture(seven);
        OneCore core = new OneCore(seven, 6);
        core.receive(0, of7.timeout(0, 1, QC.GENESIS, null));
        core.receive(1, of7.timeout(1, 1, QC.GENESIS, null));
        List<Effect> joins = core.receive(2, of7.timeout(2, 1, QC.GENESIS, null));
        assertThat(messages(joins, Timeout.class)).hasSize(1);
        assertThat(joins).anyMatch(Effect.StartTimer.class::isInstance);
        assertThat(messages(core.timeOut(), Timeout.class)).hasSize(1);
    }

    @Test
    void neither_joins_nor_wakes_for_fewer_time_outs_than_a_weak_quorum() {
        TestCluster seven = TestCluster.of(7);
        Fixture of7 = new Fixture(seven);
        OneCore core = new OneCore(seven, 6);
        for (int again = 0; again < 3; again++) {
            for (int voter = 0; voter < 2; voter++) {
                assertThat(core.receive(voter, of7.timeout(voter, 1, QC.GENESIS, null)))
                        .isEmpty();
            }
        }
    }
}
