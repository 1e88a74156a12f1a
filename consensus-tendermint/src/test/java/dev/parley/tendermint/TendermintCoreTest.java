package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.payload;
import static dev.parley.tendermint.Fixture.v;
import static dev.parley.tendermint.OneCore.decided;
import static dev.parley.tendermint.OneCore.messages;
import static dev.parley.tendermint.OneCore.precommitted;
import static dev.parley.tendermint.OneCore.prevoted;
import static dev.parley.tendermint.OneCore.refusals;
import static dev.parley.tendermint.OneCore.started;
import static dev.parley.tendermint.TendermintCore.EMPTY_BLOCK_TIMER;
import static dev.parley.tendermint.TendermintCore.PROPOSE_TIMER;
import static dev.parley.tendermint.TendermintMessage.NIL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.observe.Observation;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Polka;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the core does beyond Algorithm 1: certificates, rest, gossip, fetching, catching up. */
class TendermintCoreTest {
    private final Fixture make = new Fixture();
    private final Block a = make.block(0, 1);
    private final Block b = make.block(1, 2);
    private final OneCore core = new OneCore(make, 3);

    private static List<Effect.Certify> certified(List<Effect> effects) {
        List<Effect.Certify> found = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Certify certify) {
                found.add(certify);
            }
        }
        return found;
    }

    private static boolean rested(List<Effect> effects) {
        return effects.stream().anyMatch(effect -> effect instanceof Effect.Observe(Observation.Resting resting));
    }

    private Block decideA() {
        core.propose(make.proposal(a));
        assertThat(decided(core.precommits(0, a.id(), 0, 1, 2))).containsExactly(a.id());
        return make.block(2, a.id(), 0, payload(4));
    }

    // Rounds

    @Test
    void a_quorum_of_precommits_for_nil_leaves_time_for_a_polka_that_others_saw() {
        core.propose(make.proposal(a));
        core.prevotes(0, NIL, 0, 1);
        core.fire(TendermintCore.PREVOTE_TIMER);
        core.precommits(0, NIL, 0, 1, 2);
        assertThat(core.round()).isZero();
        core.receive(2, new Polka(make.certificate(VoteKind.PREVOTE, 1, 0, a.id(), 1, 2, 3)));
        assertThat(core.report().details()).contains("valid value " + new Lock(0, a.id()));
        core.fire(TendermintCore.PRECOMMIT_TIMER);
        assertThat(core.round()).isEqualTo(1);
        assertThat(core.lock()).isEqualTo("nothing");
    }

    @Test
    void opens_rounds_and_ends_at_the_last_one_with_words() {
        core.prevotes(TendermintMessage.MAX_ROUND - 1, NIL, 0, 1);
        assertThat(core.round()).isEqualTo(TendermintMessage.MAX_ROUND - 1);
        assertThatThrownBy(() -> core.fail(TendermintMessage.MAX_ROUND - 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("more than f validators are faulty");
    }

    @Test
    void time_outs_grow_up_to_their_maximum() {
        core.prevotes(1000, NIL, 0, 1);
        assertThat(core.report().timer()).isEqualTo("propose, 30000 ms");
    }

    // Certificates

    @Test
    void the_last_late_precommit_completes_the_certificate_once() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0, 1);
        assertThat(decided(core.precommits(0, a.id(), 0, 1))).containsExactly(a.id());
        Vote late = make.precommit(2, 0, a.id());
        List<Effect> effects = core.receive(2, late);
        assertThat(certified(effects)).singleElement().satisfies(certify -> {
            assertThat(certify.height()).isEqualTo(1);
            assertThat(certify.certificate().signers()).containsExactly(v(0), v(1), v(2), v(3));
        });
        assertThat(core.receive(2, late)).isEmpty();
        Block next = make.block(2, a.id(), 0, payload(4));
        core.propose(make.proposal(next));
        assertThat(certified(core.precommits(0, next.id(), 0, 1, 2))).isEmpty();
    }

    @Test
    void a_certificate_that_has_grown_is_kept_when_its_time_is_over() {
        Fixture seven = new Fixture(TendermintSettings.DEFAULTS, 1, 1, 1, 1, 1, 1, 1);
        OneCore of7 = new OneCore(seven, 6);
        Block first = seven.block(0, 1);
        of7.propose(seven.proposal(first));
        assertThat(decided(of7.precommits(0, first.id(), 0, 1, 2, 3, 4))).hasSize(1);
        assertThat(certified(of7.receive(1, new Votes(1, List.of(seven.precommit(5, 0, first.id()))))))
                .isEmpty();
        Block next = seven.block(2, first.id(), 0, payload(2));
        of7.propose(seven.proposal(next));
        assertThat(certified(of7.precommits(0, next.id(), 0, 1, 2, 3, 4)))
                .singleElement()
                .satisfies(certify -> {
                    assertThat(certify.height()).isEqualTo(1);
                    assertThat(certify.certificate().signers()).hasSize(6);
                });
    }

    @Test
    void a_late_precommit_for_another_block_is_evidence_and_no_part_of_the_certificate() {
        core.propose(make.proposal(a));
        core.precommits(0, a.id(), 0, 1, 2);
        List<Effect> effects = core.receive(2, make.precommit(2, 0, b.id()));
        assertThat(effects).anyMatch(Effect.Accuse.class::isInstance);
        assertThat(certified(effects)).isEmpty();
    }

    // The next height

    @Test
    void what_came_of_the_next_height_counts_when_it_opens() {
        Block next = make.block(2, a.id(), 0, payload(4));
        core.receive(1, make.proposal(next));
        core.receive(0, make.vote(VoteKind.PREVOTE, 0, 2, 0, next.id()));
        core.receive(1, make.vote(VoteKind.PREVOTE, 1, 2, 0, next.id()));
        core.propose(make.proposal(a));
        assertThat(core.precommits(0, a.id(), 0, 1, 2)).anyMatch(Effect.CheckPayload.class::isInstance);
        List<Effect> effects = core.check(next.id(), true);
        assertThat(prevoted(effects)).containsExactly(next.id());
        assertThat(precommitted(effects)).containsExactly(next.id());
    }

    // Rest

    @Test
    void rests_without_any_timer_until_there_is_work() {
        assertThat(core.runs(PROPOSE_TIMER)).isFalse();
        assertThat(core.runs(Gossip.TIMER)).isFalse();
        assertThat(started(core.wake(), PROPOSE_TIMER)).hasSize(1);
        assertThat(core.runs(Gossip.TIMER)).isTrue();
        List<Effect> effects = core.give(new Input.WorkPending(false));
        assertThat(effects).contains(new Effect.CancelTimer(PROPOSE_TIMER));
        assertThat(rested(effects)).isTrue();
        assertThat(started(core.wake(), PROPOSE_TIMER)).hasSize(1);
    }

    @Test
    void rests_again_after_a_decision() {
        core.wake();
        core.propose(make.proposal(a));
        core.give(new Input.WorkPending(false));
        assertThat(rested(core.precommits(0, a.id(), 0, 1, 2))).isTrue();
        assertThat(core.runs(PROPOSE_TIMER)).isFalse();
        assertThat(core.report().waitingFor()).isEqualTo("a command: all is decided");
    }

    @Test
    void wakes_by_the_votes_of_a_weak_quorum_and_by_nothing_less() {
        core.prevotes(0, a.id(), 0);
        core.prevotes(0, b.id(), 0);
        assertThat(core.runs(PROPOSE_TIMER)).isFalse();
        core.prevotes(0, NIL, 1);
        assertThat(core.runs(PROPOSE_TIMER)).isTrue();
    }

    @Test
    void wakes_by_a_proposal() {
        assertThat(started(core.receive(0, make.proposal(a)), PROPOSE_TIMER)).hasSize(1);
    }

    @Test
    void does_not_rest_in_the_middle_of_a_height() {
        core.fail(0);
        assertThat(core.round()).isEqualTo(1);
        assertThat(core.runs(PROPOSE_TIMER)).isTrue();
    }

    @Test
    void a_proposer_at_rest_asks_for_commands_and_not_for_an_empty_payload() {
        List<Effect.RequestPayload> asked = new ArrayList<>();
        decideA();
        Block next = make.block(2, a.id(), 0, payload(4));
        core.propose(make.proposal(next));
        // Validator 3 proposes first at height 4.
        core.precommits(0, next.id(), 0, 1, 2);
        Block third = make.block(3, next.id(), 0, payload(5));
        core.propose(make.proposal(third));
        core.precommits(0, third.id(), 0, 1, 2).forEach(effect -> {
            if (effect instanceof Effect.RequestPayload request) {
                asked.add(request);
            }
        });
        assertThat(asked).singleElement().satisfies(request -> {
            assertThat(request.evenIfEmpty()).isFalse();
            assertThat(request.parent()).isEqualTo(third.id());
        });
    }

    @Test
    void an_idle_chain_makes_an_empty_block_after_its_interval() {
        Fixture often =
                new Fixture(TendermintSettings.DEFAULTS.withEmptyBlockInterval(Duration.ofSeconds(7)), 1, 1, 1, 1);
        OneCore proposer = new OneCore(often, 0);
        assertThat(proposer.runs(EMPTY_BLOCK_TIMER)).isTrue();
        List<Effect> effects = proposer.fire(EMPTY_BLOCK_TIMER);
        assertThat(effects)
                .anyMatch(effect -> effect instanceof Effect.RequestPayload request && request.evenIfEmpty());
        OneCore other = new OneCore(often, 3);
        assertThat(started(other.fire(EMPTY_BLOCK_TIMER), PROPOSE_TIMER)).hasSize(1);
        Block empty = often.block(0, 1);
        other.propose(often.proposal(empty));
        assertThat(started(other.precommits(0, empty.id(), 0, 1, 2), EMPTY_BLOCK_TIMER))
                .containsExactly(7000L);
    }

    @Test
    void a_proposer_whose_payload_does_not_come_prevotes_nil_like_anybody() {
        OneCore proposer = new OneCore(make, 0);
        proposer.wake();
        assertThat(prevoted(proposer.fire(PROPOSE_TIMER))).containsExactly(NIL);
        assertThat(messages(proposer.give(new Input.PayloadReady(1, payload(1))), Proposal.class))
                .isEmpty();
    }

    @Test
    void a_payload_for_a_request_that_was_withdrawn_is_not_proposed() {
        OneCore proposer = new OneCore(make, 0);
        assertThat(messages(proposer.give(new Input.PayloadReady(9, payload(1))), Proposal.class))
                .isEmpty();
        proposer.prevotes(4, NIL, 1, 2);
        assertThat(proposer.round()).isEqualTo(4);
        assertThat(messages(proposer.give(new Input.PayloadReady(1, payload(1))), Proposal.class))
                .isEmpty();
        assertThat(messages(proposer.give(new Input.PayloadReady(2, payload(1))), Proposal.class))
                .hasSize(1);
    }

    // Gossip

    @Test
    void tells_what_it_has_once_a_whole_interval_has_brought_no_decision() {
        core.wake();
        core.prevotes(0, a.id(), 1);
        assertThat(messages(core.fire(Gossip.TIMER), Summary.class)).isEmpty();
        assertThat(messages(core.fire(Gossip.TIMER), Summary.class))
                .singleElement()
                .satisfies(summary -> {
                    assertThat(summary.height()).isEqualTo(1);
                    assertThat(summary.round()).isZero();
                    assertThat(summary.proposal()).isFalse();
                    assertThat(summary.prevotes().has(1)).isTrue();
                    assertThat(summary.prevotes().has(0)).isFalse();
                });
    }

    @Test
    void sends_a_peer_the_proposal_and_the_votes_that_it_lacks() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0);
        VoteSet theirs = new VoteSet(make.validators);
        theirs.add(make.prevote(0, 0, a.id()));
        theirs.add(make.prevote(1, 0, a.id()));
        core.fire(Gossip.TIMER);
        List<Effect> effects = core.receive(1, new Summary(1, 0, false, false, theirs.bits(), Bits.none(4)));
        assertThat(messages(effects, Proposal.class)).containsExactly(make.proposal(a));
        assertThat(messages(effects, Votes.class)).containsExactly(new Votes(1, List.of(make.prevote(3, 0, a.id()))));
        // The peer has more as well, so it is asked in turn.
        assertThat(messages(effects, Summary.class)).hasSize(1);
    }

    @Test
    void sends_a_peer_nothing_that_may_be_on_its_way_to_it() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0);
        assertThat(core.receive(1, new Summary(1, 0, false, false, Bits.none(4), Bits.none(4))))
                .isEmpty();
    }

    @Test
    void sends_a_peer_of_a_lower_round_what_pulls_it_up() {
        core.fail(0);
        core.propose(make.proposal(b));
        core.fire(Gossip.TIMER);
        List<Effect> effects = core.receive(1, new Summary(1, 0, false, false, Bits.none(4), Bits.none(4)));
        assertThat(messages(effects, Votes.class))
                .singleElement()
                .satisfies(votes ->
                        assertThat(votes.votes()).contains(make.prevote(3, 1, b.id()), make.precommit(0, 0, NIL)));
    }

    @Test
    void sends_a_peer_the_polka_instead_of_votes_once_there_is_one() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0, 1);
        VoteSet theirs = new VoteSet(make.validators);
        theirs.add(make.prevote(1, 0, NIL));
        core.fire(Gossip.TIMER);
        Summary lacking = new Summary(1, 0, true, false, theirs.bits(), Bits.none(4));
        List<Effect> effects = core.receive(2, lacking);
        assertThat(messages(effects, Polka.class))
                .containsExactly(new Polka(make.certificate(VoteKind.PREVOTE, 1, 0, a.id(), 0, 1, 3)));
        assertThat(messages(effects, Votes.class))
                .singleElement()
                .satisfies(votes -> assertThat(votes.votes()).containsExactly(make.precommit(3, 0, a.id())));
        Summary knowing = new Summary(1, 0, true, true, theirs.bits(), Bits.none(4));
        assertThat(messages(core.receive(1, knowing), Polka.class)).isEmpty();
    }

    @Test
    void sends_the_polka_at_once_and_once_to_who_precommits_nil_in_its_round() {
        core.propose(make.proposal(a));
        assertThat(messages(core.precommits(0, NIL, 0), Polka.class)).isEmpty();
        Polka polka = new Polka(make.certificate(VoteKind.PREVOTE, 1, 0, a.id(), 0, 1, 3));
        assertThat(core.prevotes(0, a.id(), 0, 1)).contains(new Effect.Send(v(0), polka));
        assertThat(core.precommits(0, NIL, 1)).contains(new Effect.Send(v(1), polka));
        assertThat(messages(core.precommits(0, a.id(), 1), Polka.class)).isEmpty();
    }

    @Test
    void a_polka_counts_with_the_vote_of_an_equivocator_whose_two_other_votes_are_here() {
        core.propose(make.proposal(a));
        core.receive(2, make.prevote(2, 0, NIL));
        core.receive(2, make.prevote(2, 0, b.id()));
        core.prevotes(0, a.id(), 0);
        assertThat(core.lock()).isEqualTo("nothing");
        List<Effect> effects = core.receive(1, new Polka(make.certificate(VoteKind.PREVOTE, 1, 0, a.id(), 0, 2, 3)));
        assertThat(precommitted(effects)).containsExactly(a.id());
    }

    @Test
    void sends_nothing_to_a_peer_that_lacks_nothing() {
        core.propose(make.proposal(a));
        VoteSet theirs = new VoteSet(make.validators);
        theirs.add(make.prevote(3, 0, a.id()));
        assertThat(core.receive(1, new Summary(1, 0, true, false, theirs.bits(), Bits.none(4))))
                .isEmpty();
    }

    // Fetching

    @Test
    void sends_the_block_that_it_decided_last_to_who_asks_a_moment_too_late() {
        decideA();
        assertThat(messages(core.receive(1, new BlockRequest(1, a.id(), Bits.none(0))), BlockResponse.class))
                .containsExactly(new BlockResponse(a));
        assertThat(core.receive(1, new BlockRequest(1, a.id(), Bits.none(0)))).isEmpty();
    }

    @Test
    void asks_a_voter_for_a_block_with_a_polka_and_another_at_the_next_tick() {
        core.wake();
        core.fire(PROPOSE_TIMER);
        List<Effect> effects = core.prevotes(0, a.id(), 0, 1, 2);
        assertThat(effects).filteredOn(effect -> effect instanceof Effect.Send).hasSize(1);
        ConsensusMessage request = messages(effects, BlockRequest.class).getFirst();
        core.fire(Gossip.TIMER);
        List<Effect> again = core.fire(Gossip.TIMER);
        assertThat(again)
                .filteredOn(effect -> effect instanceof Effect.Send)
                .singleElement()
                .satisfies(effect -> {
                    assertThat(((Effect.Send) effect).message()).isEqualTo(request);
                    assertThat(effects).doesNotContain(effect);
                });
        assertThat(core.report().details()).contains("fetches " + a.id());
        assertThat(precommitted(core.receive(1, new BlockResponse(a)))).containsExactly(a.id());
        assertThat(core.report().details()).noneMatch(detail -> detail.startsWith("fetches"));
    }

    @Test
    void asks_for_the_parts_that_are_missing_when_they_do_not_come() {
        Fixture small = new Fixture(TendermintSettings.DEFAULTS.withPartBytes(200), 1, 1, 1, 1);
        Block big = small.block(1, BlockId.GENESIS, 0, payload(3, 900));
        List<Part> parts = new Parts.Cut(big.payload(), 200).parts(big.header());
        OneCore of4 = new OneCore(small, 3);
        of4.receive(0, small.proposal(big));
        of4.receive(0, parts.get(2));
        assertThat(messages(of4.prevotes(0, big.id(), 0, 1), BlockRequest.class))
                .isEmpty();
        of4.fire(Gossip.TIMER);
        assertThat(messages(of4.fire(Gossip.TIMER), BlockRequest.class))
                .singleElement()
                .satisfies(request -> {
                    assertThat(request.missing().size()).isEqualTo(5);
                    assertThat(request.missing().has(2)).isFalse();
                    assertThat(request.missing().has(4)).isTrue();
                });
    }

    @Test
    void a_block_of_two_proposals_that_votes_decide_is_fetched() {
        core.propose(make.proposal(a));
        Block second = make.block(0, 8);
        assertThat(messages(core.precommits(0, second.id(), 0, 1, 2), BlockRequest.class))
                .extracting(BlockRequest::block)
                .containsExactly(second.id());
        assertThat(decided(core.receive(2, new BlockResponse(second)))).containsExactly(second.id());
    }

    @Test
    void cuts_what_it_proposes_into_parts_when_it_is_large() {
        Fixture small = new Fixture(TendermintSettings.DEFAULTS.withPartBytes(200), 1, 1, 1, 1);
        OneCore proposer = new OneCore(small, 0);
        List<Effect> effects = proposer.give(new Input.PayloadReady(1, payload(3, 900)));
        assertThat(messages(effects, Proposal.class))
                .singleElement()
                .satisfies(proposal -> assertThat(proposal.payload()).isNull());
        assertThat(messages(effects, Part.class)).hasSize(5);
        OneCore other = new OneCore(small, 3);
        other.receive(0, messages(effects, Proposal.class).getFirst());
        for (Part part : messages(effects, Part.class)) {
            other.receive(0, part);
        }
        BlockId id = messages(effects, Proposal.class).getFirst().block();
        assertThat(prevoted(other.check(id, true))).containsExactly(id);
    }

    // Catching up

    @Test
    void blocks_that_peers_decided_move_the_height() {
        core.prevotes(0, a.id(), 0, 1);
        Block next = make.block(2, a.id(), 0, payload(4));
        List<Effect> effects = core.give(new Input.CaughtUp(List.of(make.decided(a), make.decided(next))));
        assertThat(decided(effects)).containsExactly(a.id(), next.id());
        assertThat(effects).contains(new Effect.Observe(new Observation.CaughtUp(1, 2)));
        assertThat(core.height()).isEqualTo(2);
        Block third = make.block(3, next.id(), 0, payload(5));
        assertThat(prevoted(core.propose(make.proposal(third)))).containsExactly(third.id());
    }

    @Test
    void blocks_that_are_decided_here_already_are_passed_over() {
        Block next = decideA();
        List<Effect> effects = core.give(new Input.CaughtUp(List.of(make.decided(a), make.decided(next))));
        assertThat(decided(effects)).containsExactly(next.id());
    }

    @Test
    void stops_when_the_others_decided_another_history() {
        Block orphan = make.block(1, b.id(), 0, payload(1));
        assertThatThrownBy(() -> core.give(new Input.CaughtUp(List.of(make.decided(orphan)))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not extend");
    }

    @Test
    void asks_for_certificates_of_a_height_that_others_have_left_when_it_does_not_get_on() {
        core.wake();
        core.receive(1, make.vote(VoteKind.PREVOTE, 1, 2, 0, NIL));
        assertThat(core.fire(Gossip.TIMER)).noneMatch(Effect.CatchUp.class::isInstance);
        assertThat(core.fire(Gossip.TIMER)).contains(new Effect.CatchUp(1, v(1)));
    }

    // What is no message of this protocol

    @Test
    void refuses_messages_of_other_protocols() {
        assertThat(refusals(core.give(new Input.Received(v(1), new ConsensusMessage() {}))))
                .containsExactly(Reason.MALFORMED);
    }

    @Test
    void explains_what_it_waits_for() {
        core.wake();
        assertThat(core.report().waitingFor()).isEqualTo("the proposal of round 0");
        core.propose(make.proposal(a));
        assertThat(core.report().waitingFor()).isEqualTo("a quorum of prevotes in round 0");
        assertThat(core.report().voted()).containsExactly(v(3));
        core.prevotes(0, a.id(), 0, 1);
        assertThat(core.report().waitingFor()).isEqualTo("a quorum of precommits in round 0");
        assertThat(core.report().need()).isEqualTo(3);
        assertThat(core.report().toString()).contains("locked on " + a.id() + " since round 0");
    }
}
