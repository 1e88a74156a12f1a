package dev.parley.hotstuff;

import static dev.parley.hotstuff.Fixture.v;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Restored;
import dev.parley.consensus.observe.Observation;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import dev.parley.log.CommandBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One core, input by input. */
class HotStuffCoreTest {
    private final TestCluster cluster = TestCluster.of(4);
    private final Fixture make = new Fixture(cluster);
    private final Block first = make.block(Header.GENESIS, QC.GENESIS, 1, 0, List.of());
    private final Block rival = new Block(1, 1, v(0), QC.GENESIS, List.of(), Fixture.payload(99));

    private ConsensusCore core(int index) {
        ConsensusCore core = cluster.protocol.createCore(cluster.setups[index]);
        core.handle(new Input.Start(Restored.NOTHING));
        return core;
    }

    private static List<Effect> receive(ConsensusCore core, int from, HotStuffMessage message) {
        return core.handle(new Input.Received(v(from), message));
    }

    /** A received proposal with its check passed. */
    private static List<Effect> propose(ConsensusCore core, int from, Proposal proposal) {
        List<Effect> effects = new ArrayList<>(receive(core, from, proposal));
        effects.addAll(core.handle(new Input.PayloadChecked(proposal.block().id(), true)));
        return effects;
    }

    private static <T extends HotStuffMessage> List<T> messages(List<Effect> effects, Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Send(var to, var message) && type.isInstance(message)) {
                found.add(type.cast(message));
            } else if (effect instanceof Effect.Broadcast(var message) && type.isInstance(message)) {
                found.add(type.cast(message));
            }
        }
        return found;
    }

    private static List<Long> votedViews(List<Effect> effects) {
        List<Long> views = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Observe(Observation.Voted voted)) {
                views.add(voted.view());
            }
        }
        return views;
    }

    private static List<Evidence> evidence(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.Accuse.class::isInstance)
                .map(effect -> ((Effect.Accuse) effect).evidence())
                .toList();
    }

    @Test
    void votes_once_in_a_view_and_accuses_a_leader_of_two_proposals() {
        ConsensusCore core = core(2);
        assertThat(messages(propose(core, 0, make.proposal(first, null)), Vote.class))
                .hasSize(1);
        List<Effect> effects = propose(core, 0, make.proposal(rival, null));
        assertThat(messages(effects, Vote.class)).isEmpty();
        assertThat(evidence(effects)).singleElement().satisfies(proof -> {
            assertThat(proof.culprit()).isEqualTo(v(0));
            assertThat(cluster.protocol.convicts(cluster.setups[3], proof)).isTrue();
        });
        assertThat(evidence(propose(core, 0, make.proposal(rival, null)))).isEmpty();
    }

    @Test
    void records_the_vote_before_it_is_sent() {
        List<Effect> effects = propose(core(2), 0, make.proposal(first, null));
        int recorded = -1;
        for (int i = 0; i < effects.size(); i++) {
            if (effects.get(i) instanceof Effect.Persist(var key, SafetyRecord safety) && safety.lastVotedView() == 1) {
                recorded = i;
            }
            if (effects.get(i) instanceof Effect.Send) {
                assertThat(recorded).isNotNegative().isLessThan(i);
            }
        }
        assertThat(recorded).isNotNegative();
    }

    @Test
    void withholds_its_vote_when_the_payload_is_refused() {
        ConsensusCore core = core(2);
        receive(core, 0, make.proposal(first, null));
        List<Effect> effects = core.handle(new Input.PayloadChecked(first.id(), false));
        assertThat(messages(effects, Vote.class)).isEmpty();
    }

    @Test
    void refuses_a_proposal_of_another_than_the_leader() {
        Block foreign = make.block(Header.GENESIS, QC.GENESIS, 1, 3, List.of());
        assertThat(messages(propose(core(2), 3, make.proposal(foreign, null)), Vote.class))
                .isEmpty();
    }

    @Test
    void refuses_a_proposal_with_other_suspects_than_the_election_names() {
        Block blaming = make.block(Header.GENESIS, QC.GENESIS, 1, 0, List.of(new Suspect(v(3), 1, 1, 1)));
        assertThat(votedViews(propose(core(2), 0, make.proposal(blaming, null))))
                .isEmpty();
    }

    @Test
    void withholds_its_vote_from_a_block_of_a_wrong_height() {
        ConsensusCore core = core(3);
        propose(core, 0, make.proposal(first, null));
        Block tooHigh = new Block(3, 2, v(1), make.qc(first), List.of(), Fixture.payload(2));
        assertThat(votedViews(propose(core, 1, make.proposal(tooHigh, null)))).isEmpty();
    }

    @Test
    void accuses_a_voter_of_two_time_outs_of_one_view() {
        ConsensusCore core = core(2);
        TC entry = make.tc(4, QC.GENESIS, 0, 1, 3);
        receive(core, 1, make.timeout(1, 5, QC.GENESIS, entry));
        List<Effect> effects = receive(core, 1, make.timeout(1, 5, make.qc(first), entry));
        assertThat(evidence(effects))
                .singleElement()
                .satisfies(proof -> assertThat(cluster.protocol.convicts(cluster.setups[3], proof))
                        .isTrue());
    }

    @Test
    void records_the_time_out_and_the_proposal_before_they_are_sent() {
        for (int index : new int[] {0, 2}) {
            ConsensusCore core = core(index);
            core.handle(new Input.WorkPending(true));
            List<Effect> effects = index == 0
                    ? core.handle(new Input.PayloadReady(1, Fixture.payload(1)))
                    : core.handle(new Input.TimerFired(HotStuffCore.VIEW_TIMER));
            int recorded = -1;
            int sent = -1;
            for (int i = 0; i < effects.size(); i++) {
                if (effects.get(i) instanceof Effect.Persist(var key, SafetyRecord safety)
                        && recorded < 0
                        && (index == 0 ? safety.lastProposedView() : safety.lastTimeoutView()) == 1) {
                    recorded = i;
                }
                if (effects.get(i) instanceof Effect.Broadcast) {
                    sent = i;
                }
            }
            assertThat(recorded).isNotNegative().isLessThan(sent);
        }
    }

    @Test
    void never_proposes_in_a_view_that_it_gave_up() {
        ConsensusCore core = core(0);
        core.handle(new Input.WorkPending(true));
        core.handle(new Input.TimerFired(HotStuffCore.VIEW_TIMER));
        assertThat(messages(core.handle(new Input.PayloadReady(1, Fixture.payload(1))), Proposal.class))
                .isEmpty();
    }

    @Test
    void never_votes_in_a_view_that_it_gave_up() {
        ConsensusCore core = core(2);
        core.handle(new Input.WorkPending(true));
        List<Effect> effects = core.handle(new Input.TimerFired(HotStuffCore.VIEW_TIMER));
        assertThat(messages(effects, Timeout.class)).hasSize(1);
        assertThat(messages(propose(core, 0, make.proposal(first, null)), Vote.class))
                .isEmpty();
    }

    @Test
    void sends_the_same_time_out_again_until_the_view_is_left() {
        ConsensusCore core = core(2);
        core.handle(new Input.WorkPending(true));
        Timeout once = messages(core.handle(new Input.TimerFired(HotStuffCore.VIEW_TIMER)), Timeout.class)
                .getFirst();
        Timeout again = messages(core.handle(new Input.TimerFired(HotStuffCore.VIEW_TIMER)), Timeout.class)
                .getFirst();
        assertThat(again).isEqualTo(once);
    }

    @Test
    void joins_a_weak_quorum_of_time_outs_and_a_quorum_opens_the_next_view() {
        ConsensusCore core = core(3);
        assertThat(messages(receive(core, 0, make.timeout(0, 1, QC.GENESIS, null)), Timeout.class))
                .isEmpty();
        List<Effect> effects = receive(core, 1, make.timeout(1, 1, QC.GENESIS, null));
        assertThat(messages(effects, Timeout.class)).hasSize(1);
        assertThat(core.report().view()).isEqualTo(2);
    }

    @Test
    void accuses_a_voter_of_two_votes_and_counts_the_first() {
        ConsensusCore core = core(1);
        receive(core, 0, make.vote(0, 1, first.id()));
        List<Effect> effects = receive(core, 0, make.vote(0, 1, rival.id()));
        assertThat(evidence(effects))
                .singleElement()
                .satisfies(proof -> assertThat(cluster.protocol.convicts(cluster.setups[2], proof))
                        .isTrue());
        receive(core, 0, make.vote(0, 1, first.id()));
        receive(core, 2, make.vote(2, 1, first.id()));
        assertThat(core.report().view()).isEqualTo(1);
        receive(core, 3, make.vote(3, 1, first.id()));
        assertThat(core.report().view()).isEqualTo(2);
    }

    @Test
    void ignores_votes_far_ahead() {
        ConsensusCore core = core(1);
        for (int voter : new int[] {0, 2, 3}) {
            receive(core, voter, make.vote(voter, 6, first.id()));
        }
        assertThat(core.report().view()).isEqualTo(1);
    }

    @Test
    void restarted_validator_neither_contradicts_itself_nor_refuses_legal_votes() {
        TestCluster.TestNode node = cluster.nodes[2];
        node.start();
        node.handle(new Input.Received(v(0), make.proposal(first, null)));
        cluster.runUntil(0);
        assertThat(node.disk).isNotEmpty();
        node.crash();
        node.start();
        assertThat(votedViews(propose(node.core(), 0, make.proposal(rival, null))))
                .isEmpty();
        Block second = make.block(first.header(), make.qc(first), 2, 1, List.of());
        assertThat(votedViews(propose(node.core(), 1, make.proposal(second, null))))
                .containsExactly(2L);
    }

    @Test
    void restarted_validator_does_not_vote_for_the_certified_twin_of_the_block_that_it_voted_for() {
        List<ConsensusRecord> disk = new ArrayList<>();
        ConsensusCore core = core(2);
        List<Effect> effects = new ArrayList<>(propose(core, 0, make.proposal(first, null)));
        effects.addAll(receive(core, 1, new Advance(make.qc(1, rival.id(), 0, 1, 3), null)));
        effects.addAll(receive(core, 1, new BlockResponse(rival.id(), List.of(rival))));
        Map<RecordKey, ConsensusRecord> durable = new LinkedHashMap<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist(var key, var record)) {
                durable.put(key, record);
            }
        }
        disk.addAll(durable.values());
        ConsensusCore restarted = cluster.protocol.createCore(cluster.setups[2]);
        assertThat(messages(restarted.handle(new Input.Start(new Restored(disk, null))), Vote.class))
                .extracting(Vote::block)
                .doesNotContain(rival.id());
    }

    @Test
    void leader_that_waits_for_commands_proposes_nothing_once_another_leads_by_a_late_certificate() {
        ConsensusCore core = core(2);
        propose(core, 0, make.proposal(first, null));
        // View 3 is opened by a TC, and v2 leads it; the QC of view 2 appears late, and with it another leader of view
        // 3.
        Block empty = new Block(2, 2, v(1), make.qc(first), List.of(), new CommandBatch(2, List.of()));
        List<Effect> effects = receive(core, 1, new Advance(make.qc(first), make.tc(2, make.qc(first), 0, 1, 3)));
        long ticket = tickets(effects).getLast();
        receive(core, 1, new Advance(make.qc(empty), null));
        receive(core, 1, new BlockResponse(empty.id(), List.of(empty)));
        for (Proposal proposal :
                messages(core.handle(new Input.PayloadReady(ticket, Fixture.payload(5))), Proposal.class)) {
            assertThat(cluster.protocol.createVerifier(cluster.setups[0]).verify(v(2), proposal))
                    .isNull();
        }
    }

    private static List<Long> tickets(List<Effect> effects) {
        List<Long> tickets = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.RequestPayload request) {
                tickets.add(request.ticket());
            }
        }
        return tickets;
    }

    @Test
    void answer_of_a_peer_that_was_not_asked_does_not_stop_the_fetching_of_a_block() {
        ConsensusCore core = core(3);
        Block second = make.block(first.header(), make.qc(first), 2, 1, List.of());
        receive(core, 2, new Advance(make.qc(second), null));
        assertThat(receive(core, 0, new BlockResponse(second.id(), List.of())))
                .noneMatch(Effect.CatchUp.class::isInstance);
        receive(core, 2, new BlockResponse(second.id(), List.of(second, first)));
        assertThat(core.report().height()).isEqualTo(1);
    }

    @Test
    void block_that_a_certificate_needs_is_taken_although_another_is_being_fetched() {
        ConsensusCore core = core(3);
        Block second = make.block(first.header(), make.qc(first), 2, 1, List.of());
        QC high = make.qc(second);
        receive(core, 0, new Advance(high, make.tc(3, high, 0, 1, 2)));
        // v3 leads view 4; v1 proposes there all the same, on a block that nobody has.
        Block nowhere = make.block(Header.GENESIS, make.qc(1, rival.id(), 0, 1, 2), 4, 1, List.of());
        receive(core, 1, make.proposal(nowhere, make.tc(3, high, 0, 1, 2)));
        receive(core, 0, new BlockResponse(second.id(), List.of(second, first)));
        assertThat(core.report().height()).isEqualTo(1);
    }

    @Test
    void three_chain_locks_by_a_certificate_that_comes_after_a_newer_one_whose_block_is_missing() {
        HotStuffSettings defaults = HotStuffSettings.DEFAULTS;
        HotStuffSettings settings = new HotStuffSettings(
                HotStuffSettings.Variant.THREE_CHAIN,
                defaults.election(),
                1,
                defaults.baseTimeout(),
                defaults.maxTimeout(),
                defaults.fetchTimeout());
        TestCluster threeChain = new TestCluster(4, new HotStuffProtocol(settings));
        Fixture of = new Fixture(threeChain);
        OneCore core = new OneCore(threeChain, 3);
        Block one = of.block(Header.GENESIS, QC.GENESIS, 1, 0, List.of());
        Block two = of.block(one.header(), of.qc(one), 2, leaderAbove(one, threeChain), List.of());
        Block three = of.block(two.header(), of.qc(two), 3, leaderAbove(two, threeChain), List.of());
        core.propose(of.proposal(one, null));
        core.propose(of.proposal(two, null));
        core.receive(1, new Advance(of.qc(one), of.tc(3, of.qc(one), 0, 1, 2)));
        core.receive(2, new Advance(of.qc(three), null));
        assertThat(core.receive(2, new Advance(of.qc(two), null)))
                .contains(new Effect.Observe(new Observation.Locked(1, one.id())));
    }

    private static int leaderAbove(Block block, TestCluster cluster) {
        return new SkipFailed(1)
                .afterCertificate(cluster.setups[0].validators(), block.header())
                .index();
    }

    @Test
    void brings_up_a_peer_that_is_behind_with_one_answer_and_only_then() {
        ConsensusCore core = core(2);
        propose(core, 0, make.proposal(first, null));
        receive(core, 0, new Advance(make.qc(first), null));
        assertThat(messages(receive(core, 3, new Advance(QC.GENESIS, null)), Advance.class))
                .containsExactly(new Advance(make.qc(first), null));
        assertThat(messages(receive(core, 3, new Advance(make.qc(first), null)), Advance.class))
                .isEmpty();
        assertThat(messages(receive(core, 3, make.timeout(3, 1, QC.GENESIS, null)), Advance.class))
                .hasSize(1);
    }

    @Test
    void brings_up_a_peer_that_gives_the_same_view_up_and_knows_less() {
        ConsensusCore core = core(2);
        TC entry = make.tc(1, QC.GENESIS, 0, 1, 3);
        receive(core, 0, new Advance(QC.GENESIS, entry));
        receive(core, 0, new Advance(make.qc(first), null));
        assertThat(core.report().view()).isEqualTo(2);
        assertThat(messages(receive(core, 3, make.timeout(3, 2, QC.GENESIS, entry)), Advance.class))
                .containsExactly(new Advance(make.qc(first), null));
    }

    @Test
    void fetches_missing_ancestors_then_votes_and_refuses_what_it_did_not_ask_for() {
        ConsensusCore core = core(3);
        Block second = make.block(first.header(), make.qc(first), 2, 1, List.of());
        Block third = make.block(second.header(), make.qc(second), 3, 2, List.of());
        List<Effect> effects = receive(core, 2, make.proposal(third, null));
        assertThat(messages(effects, HotStuffMessage.BlockRequest.class))
                .containsExactly(new HotStuffMessage.BlockRequest(second.id(), 16));
        receive(core, 1, new BlockResponse(rival.id(), List.of(rival)));
        assertThat(core.report().height()).isZero();
        receive(core, 2, new BlockResponse(second.id(), List.of(second, first)));
        core.handle(new Input.PayloadChecked(third.id(), true));
        assertThat(core.report().height()).isEqualTo(1);
        assertThat(core.report().lockedOn()).isEqualTo("nothing");
        assertThat(core.report().waitingFor()).contains("votes for view 3");
    }

    @Test
    void certificate_of_a_decision_proves_it_and_nothing_else() {
        TestCluster run = TestCluster.of(4).start();
        run.submit(30);
        run.run(500);
        DecidedBlock block = run.nodes[0].log.get(1);
        assertThat(run.protocol.refuteDecision(run.setups[2], block)).isNull();
        HotStuffCertificate certificate = (HotStuffCertificate) block.certificate();
        assertThat(certificate.signers()).hasSize(3);
        List<DecidedBlock> forged = List.of(
                new DecidedBlock(
                        9, block.id(), block.parent(), block.proposer(), block.view(), block.payload(), certificate),
                new DecidedBlock(
                        2, block.id(), block.parent(), block.proposer(), block.view(), Fixture.payload(5), certificate),
                new DecidedBlock(
                        2, first.id(), block.parent(), block.proposer(), block.view(), block.payload(), certificate),
                new DecidedBlock(
                        2,
                        block.id(),
                        block.parent(),
                        block.proposer(),
                        block.view(),
                        block.payload(),
                        new HotStuffCertificate(certificate.header(), List.of(), certificate.qc())),
                new DecidedBlock(
                        2,
                        block.id(),
                        block.parent(),
                        block.proposer(),
                        block.view(),
                        block.payload(),
                        new HotStuffCertificate(
                                certificate.header(),
                                certificate.descendants(),
                                new QC(
                                        certificate.qc().view(),
                                        certificate.qc().block(),
                                        certificate.qc().shares().subList(0, 2)))));
        for (DecidedBlock wrong : forged) {
            assertThat(run.protocol.refuteDecision(run.setups[2], wrong)).isNotNull();
        }
    }

    @Test
    void validator_that_slept_long_is_brought_up_from_the_log() {
        TestCluster run = TestCluster.of(4).start();
        run.submit(1);
        run.run(100);
        run.nodes[3].crash();
        for (int i = 0; i < 100; i++) {
            run.submit(5);
            run.run(2000);
        }
        run.nodes[3].start();
        run.run(20_000);
        run.submit(1);
        run.run(20_000);
        assertThat(run.nodes[3].decidedCommands).hasSize(502);
        run.assertAgreement();
    }

    @Test
    void same_inputs_give_the_same_effects() {
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            TestCluster run = TestCluster.of(4);
            run.keepSent = true;
            run.start(1);
            run.submit(20);
            run.run(10_000);
            runs.add(run.nodes[0].effects.toString());
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1)).isNotEmpty();
    }

    @Test
    void quorums_are_counted_by_power() {
        TestCluster six =
                new TestCluster(new long[] {1, 1, 1, 1, 1, 1}, new HotStuffProtocol(HotStuffSettings.DEFAULTS));
        six.start(4, 5);
        six.submit(1);
        six.run(100_000);
        assertThat(six.minHeight()).isZero();
        six.nodes[4].start();
        six.run(200_000);
        assertThat(six.minHeight()).isPositive();
        TestCluster weighted =
                new TestCluster(new long[] {2, 2, 2, 1}, new HotStuffProtocol(HotStuffSettings.DEFAULTS));
        weighted.start(2);
        weighted.submit(1);
        weighted.run(100_000);
        assertThat(weighted.minHeight()).isPositive();
        weighted.assertAgreement();
    }
}
