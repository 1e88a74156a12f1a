package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.payload;
import static dev.parley.tendermint.Fixture.v;
import static dev.parley.tendermint.OneCore.decided;
import static dev.parley.tendermint.OneCore.messages;
import static dev.parley.tendermint.OneCore.precommitted;
import static dev.parley.tendermint.OneCore.prevoted;
import static dev.parley.tendermint.OneCore.refusals;
import static dev.parley.tendermint.OneCore.started;
import static dev.parley.tendermint.TendermintCore.PRECOMMIT_TIMER;
import static dev.parley.tendermint.TendermintCore.PREVOTE_TIMER;
import static dev.parley.tendermint.TendermintCore.PROPOSE_TIMER;
import static dev.parley.tendermint.TendermintMessage.NIL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Algorithm 1 of arXiv 1807.04938, line by line: one validator of four, at height 1 unless a test says otherwise. */
class TendermintPaperTest {
    private final Fixture make = new Fixture();
    /** Made in round 0 by validator 0, and so on. */
    private final Block a = make.block(0, 1);

    private final Block b = make.block(1, 2);
    private final Block c = make.block(2, 3);
    /** Has a turn in round 3 only. */
    private final OneCore core = new OneCore(make, 3);

    private void lockOnAInRound0() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0, 1);
        assertThat(core.lock()).isEqualTo(new Lock(0, a.id()).toString());
        core.fail(0);
        assertThat(core.round()).isEqualTo(1);
    }

    private void lockOnAInRound1() {
        core.fail(0);
        core.propose(make.proposal(a, 1, 0, make.polka(0, a.id())));
        core.prevotes(1, a.id(), 0, 1);
        assertThat(core.lock()).isEqualTo(new Lock(1, a.id()).toString());
        core.fail(1);
        assertThat(core.round()).isEqualTo(2);
    }

    private static int indexOf(List<Effect> effects, Class<? extends Effect> type) {
        for (int i = 0; i < effects.size(); i++) {
            if (type.isInstance(effects.get(i))) {
                return i;
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " in " + effects);
    }

    // Lines 11-21: StartRound

    @Test
    void lines_14_to_19_a_proposer_without_a_valid_value_proposes_a_fresh_one() {
        OneCore proposer = new OneCore(make, 0);
        List<Effect> effects = proposer.give(new Input.PayloadReady(1, payload(1)));
        assertThat(messages(effects, Proposal.class)).singleElement().satisfies(proposal -> {
            assertThat(proposal.block()).isEqualTo(a.id());
            assertThat(proposal.round()).isZero();
            assertThat(proposal.validRound()).isEqualTo(-1);
            assertThat(proposal.polka()).isNull();
        });
        assertThat(effects).noneMatch(Effect.RequestPayload.class::isInstance);
        assertThat(indexOf(effects, Effect.Persist.class)).isLessThan(indexOf(effects, Effect.Broadcast.class));
    }

    @Test
    void line_14_who_is_not_to_propose_asks_for_no_value() {
        OneCore proposer = new OneCore(make, 1);
        assertThat(proposer.wake()).noneMatch(Effect.RequestPayload.class::isInstance);
        assertThat(proposer.fail(0)).anyMatch(Effect.RequestPayload.class::isInstance);
        assertThat(messages(proposer.give(new Input.PayloadReady(1, payload(2))), Proposal.class))
                .extracting(Proposal::block)
                .containsExactly(b.id());
    }

    @Test
    void lines_15_to_16_a_proposer_proposes_its_valid_value_again_with_its_polka() {
        OneCore proposer = new OneCore(make, 1);
        proposer.propose(make.proposal(a));
        proposer.prevotes(0, a.id(), 0, 2);
        List<Effect> effects = proposer.fail(0);
        assertThat(effects).noneMatch(Effect.RequestPayload.class::isInstance);
        assertThat(messages(effects, Proposal.class)).singleElement().satisfies(proposal -> {
            assertThat(proposal.block()).isEqualTo(a.id());
            assertThat(proposal.round()).isEqualTo(1);
            assertThat(proposal.validRound()).isZero();
            assertThat(make.protocol().createVerifier(make.setups[3]).verify(v(1), proposal))
                    .isNull();
        });
        assertThat(prevoted(effects)).containsExactly(a.id());
    }

    @Test
    void line_21_others_wait_for_the_proposal_longer_in_each_round() {
        assertThat(started(core.wake(), PROPOSE_TIMER)).containsExactly(1000L);
        assertThat(started(core.fail(0), PROPOSE_TIMER)).containsExactly(1500L);
        assertThat(started(core.fail(1), PROPOSE_TIMER)).containsExactly(2000L);
    }

    // Lines 22-27: a fresh proposal

    @Test
    void lines_22_to_24_a_valid_fresh_block_is_prevoted_once_and_recorded_first() {
        assertThat(prevoted(core.receive(0, make.proposal(a)))).isEmpty();
        List<Effect> effects = core.check(a.id(), true);
        assertThat(prevoted(effects)).containsExactly(a.id());
        assertThat(indexOf(effects, Effect.Persist.class)).isLessThan(indexOf(effects, Effect.Broadcast.class));
        assertThat(prevoted(core.propose(make.proposal(a)))).isEmpty();
    }

    @Test
    void lines_25_to_26_a_block_that_is_not_valid_gets_a_prevote_for_nil() {
        core.receive(0, make.proposal(a));
        assertThat(prevoted(core.check(a.id(), false))).containsExactly(NIL);
    }

    @Test
    void line_22_a_proposal_counts_from_the_proposer_of_its_round_alone() {
        Block foreign = make.block(1, BlockId.GENESIS, v(2), 0, payload(5));
        List<Effect> effects = core.propose(make.proposal(foreign, 0, -1, null, v(2)));
        assertThat(refusals(effects)).containsExactly(Reason.NOT_LEADER);
        assertThat(prevoted(effects)).isEmpty();
        Block another = make.block(1, BlockId.GENESIS, v(2), 0, payload(5));
        core.fail(0);
        effects = core.propose(make.proposal(another, 1, 0, make.polka(0, another.id())));
        assertThat(refusals(effects)).containsExactly(Reason.NOT_LEADER);
    }

    @Test
    void line_22_nothing_is_prevoted_after_the_step_propose() {
        core.wake();
        assertThat(prevoted(core.fire(PROPOSE_TIMER))).containsExactly(NIL);
        assertThat(prevoted(core.propose(make.proposal(a)))).isEmpty();
    }

    @Test
    void line_23_who_is_locked_prevotes_nil_for_another_fresh_block() {
        lockOnAInRound0();
        List<Effect> effects = core.propose(make.proposal(b));
        assertThat(prevoted(effects)).containsExactly(NIL);
        assertThat(core.lock()).isEqualTo(new Lock(0, a.id()).toString());
    }

    /** A block names the round in which it was made, so the verifier lets no such proposal pass; the rule holds all the same. */
    @Test
    void line_23_who_is_locked_on_the_fresh_block_prevotes_it() {
        lockOnAInRound0();
        assertThat(prevoted(core.give(new Input.Received(v(1), make.proposal(a, 1, -1, null)))))
                .containsExactly(a.id());
    }

    // Lines 28-33: a proposal with a polka

    @Test
    void line_29_a_block_with_a_polka_since_the_lock_is_prevoted() {
        lockOnAInRound0();
        core.fail(1);
        Proposal proposal = make.proposal(b, 2, 1, make.polka(1, b.id()));
        assertThat(prevoted(core.propose(proposal))).containsExactly(b.id());
    }

    @Test
    void line_29_a_block_with_a_polka_of_the_lock_s_round_is_prevoted() {
        lockOnAInRound0();
        Proposal proposal = make.proposal(a, 1, 0, make.polka(0, a.id()));
        assertThat(prevoted(core.propose(proposal))).containsExactly(a.id());
    }

    /** Two polkas of one round take more than f faulty validators, so the rule is asked alone. */
    @Test
    void line_29_another_block_with_a_polka_of_the_lock_s_round_is_prevoted() {
        assertThat(TendermintRules.PAPER.mayPrevoteWithPolka(new Lock(1, a.id()), b.id(), 1))
                .isTrue();
    }

    @Test
    void line_29_the_locked_block_is_prevoted_however_old_its_polka() {
        lockOnAInRound1();
        Proposal proposal = make.proposal(a, 2, 0, make.polka(0, a.id()));
        assertThat(prevoted(core.propose(proposal))).containsExactly(a.id());
    }

    @Test
    void lines_31_to_32_another_block_with_a_polka_before_the_lock_gets_nil() {
        lockOnAInRound1();
        Block rival = make.block(0, 9);
        Proposal proposal = make.proposal(rival, 2, 0, make.polka(0, rival.id()));
        assertThat(prevoted(core.propose(proposal))).containsExactly(NIL);
    }

    @Test
    void line_28_nothing_is_prevoted_after_the_step_propose() {
        core.wake();
        core.fail(0);
        assertThat(prevoted(core.fire(PROPOSE_TIMER))).containsExactly(NIL);
        assertThat(prevoted(core.propose(make.proposal(a, 1, 0, make.polka(0, a.id())))))
                .isEmpty();
    }

    // Lines 34-35: prevotes of any kind

    @Test
    void line_34_a_quorum_of_any_prevotes_starts_the_time_out_once() {
        core.propose(make.proposal(a));
        assertThat(started(core.prevotes(0, NIL, 0), PREVOTE_TIMER)).isEmpty();
        assertThat(started(core.prevotes(0, b.id(), 1), PREVOTE_TIMER)).containsExactly(500L);
        assertThat(started(core.prevotes(0, NIL, 2), PREVOTE_TIMER)).isEmpty();
    }

    @Test
    void line_34_it_is_longer_in_a_later_round() {
        core.fail(0);
        core.fire(PROPOSE_TIMER);
        List<Effect> effects = core.prevotes(1, b.id(), 0, 1);
        assertThat(started(effects, PREVOTE_TIMER)).containsExactly(750L);
    }

    @Test
    void line_34_prevotes_that_came_too_early_start_it_with_the_step_prevote() {
        List<Effect> early = core.prevotes(0, a.id(), 0);
        early.addAll(core.prevotes(0, NIL, 1, 2));
        assertThat(started(early, PREVOTE_TIMER)).isEmpty();
        assertThat(started(core.propose(make.proposal(a)), PREVOTE_TIMER)).containsExactly(500L);
    }

    // Lines 36-43: a polka

    @Test
    void lines_36_to_41_a_polka_locks_its_block_and_precommits_it() {
        core.propose(make.proposal(a));
        assertThat(precommitted(core.prevotes(0, a.id(), 0))).isEmpty();
        List<Effect> effects = core.prevotes(0, a.id(), 1);
        assertThat(precommitted(effects)).containsExactly(a.id());
        assertThat(core.lock()).isEqualTo(new Lock(0, a.id()).toString());
        assertThat(core.report().details()).contains("valid value " + new Lock(0, a.id()));
        assertThat(indexOf(effects, Effect.Persist.class)).isLessThan(indexOf(effects, Effect.Broadcast.class));
        assertThat(effects)
                .contains(new Effect.Persist(TendermintRecord.blockKey(a.id()), new TendermintRecord.BlockRecord(a)));
    }

    @Test
    void line_36_it_fires_once_a_round() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0, 1);
        assertThat(core.prevotes(0, a.id(), 2)).isEmpty();
    }

    @Test
    void line_36_votes_for_different_blocks_are_no_polka() {
        core.propose(make.proposal(a));
        List<Effect> effects = core.prevotes(0, a.id(), 0);
        effects.addAll(core.prevotes(0, b.id(), 1, 2));
        assertThat(precommitted(effects)).isEmpty();
        assertThat(core.lock()).isEqualTo("nothing");
    }

    @Test
    void line_36_a_polka_waits_for_its_proposal() {
        assertThat(precommitted(core.prevotes(0, a.id(), 0, 1, 2))).isEmpty();
        List<Effect> effects = core.propose(make.proposal(a));
        assertThat(prevoted(effects)).containsExactly(a.id());
        assertThat(precommitted(effects)).containsExactly(a.id());
    }

    @Test
    void line_36_a_polka_before_one_s_own_prevote_waits_for_it() {
        core.receive(0, make.proposal(a));
        assertThat(precommitted(core.prevotes(0, a.id(), 0, 1, 2))).isEmpty();
        assertThat(core.report().details()).contains("valid value nothing");
        assertThat(precommitted(core.check(a.id(), true))).containsExactly(a.id());
    }

    @Test
    void line_36_a_polka_of_an_earlier_round_locks_nothing() {
        core.propose(make.proposal(a));
        core.fail(0);
        assertThat(precommitted(core.prevotes(0, a.id(), 0, 1, 2))).isEmpty();
        assertThat(core.lock()).isEqualTo("nothing");
    }

    @Test
    void lines_37_and_42_to_43_a_polka_after_one_s_precommit_makes_its_block_valid_and_locks_nothing() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0);
        core.prevotes(0, NIL, 1);
        assertThat(precommitted(core.fire(PREVOTE_TIMER))).containsExactly(NIL);
        List<Effect> effects = core.prevotes(0, a.id(), 2);
        assertThat(precommitted(effects)).isEmpty();
        assertThat(core.lock()).isEqualTo("nothing");
        assertThat(core.report().details()).contains("valid value " + new Lock(0, a.id()));
        assertThat(effects).anyMatch(Effect.Persist.class::isInstance);
    }

    @Test
    void lines_38_to_39_a_later_polka_moves_the_lock() {
        lockOnAInRound0();
        core.fail(1);
        core.propose(make.proposal(b, 2, 1, make.polka(1, b.id())));
        assertThat(precommitted(core.prevotes(2, b.id(), 0, 1))).containsExactly(b.id());
        assertThat(core.lock()).isEqualTo(new Lock(2, b.id()).toString());
    }

    // Lines 44-46: a quorum of prevotes for nil

    @Test
    void lines_44_to_46_a_quorum_of_prevotes_for_nil_precommits_nil() {
        core.wake();
        core.fire(PROPOSE_TIMER);
        assertThat(precommitted(core.prevotes(0, NIL, 0))).isEmpty();
        List<Effect> effects = core.prevotes(0, NIL, 1);
        assertThat(precommitted(effects)).containsExactly(NIL);
        assertThat(indexOf(effects, Effect.Persist.class)).isLessThan(indexOf(effects, Effect.Broadcast.class));
        assertThat(core.prevotes(0, NIL, 2)).isEmpty();
    }

    @Test
    void line_44_one_s_own_prevote_comes_first() {
        assertThat(precommitted(core.prevotes(0, NIL, 0, 1, 2))).isEmpty();
    }

    @Test
    void lines_44_to_46_leave_the_lock_as_it_is() {
        lockOnAInRound0();
        core.fire(PROPOSE_TIMER);
        assertThat(precommitted(core.prevotes(1, NIL, 0, 1))).containsExactly(NIL);
        assertThat(core.lock()).isEqualTo(new Lock(0, a.id()).toString());
        core.fail(1);
        assertThat(prevoted(core.propose(make.proposal(c)))).containsExactly(NIL);
    }

    // Lines 47-48: precommits of any kind

    @Test
    void line_47_a_quorum_of_any_precommits_starts_the_time_out_once_in_any_step() {
        assertThat(started(core.precommits(0, NIL, 0, 1), PRECOMMIT_TIMER)).isEmpty();
        assertThat(started(core.precommits(0, a.id(), 2), PRECOMMIT_TIMER)).containsExactly(500L);
        core.fire(PROPOSE_TIMER);
        List<Effect> effects = core.prevotes(0, NIL, 0, 1);
        assertThat(precommitted(effects)).containsExactly(NIL);
        assertThat(started(effects, PRECOMMIT_TIMER)).isEmpty();
    }

    @Test
    void line_47_it_is_longer_in_a_later_round() {
        core.fail(0);
        List<Effect> effects = core.precommits(1, NIL, 0, 1);
        effects.addAll(core.precommits(1, a.id(), 2));
        assertThat(started(effects, PRECOMMIT_TIMER)).containsExactly(750L);
    }

    // Lines 49-54: a decision

    @Test
    void lines_49_to_51_a_quorum_of_precommits_decides() {
        core.propose(make.proposal(a));
        assertThat(decided(core.precommits(0, a.id(), 0, 1))).isEmpty();
        List<Effect> effects = core.precommits(0, a.id(), 2);
        assertThat(decided(effects)).containsExactly(a.id());
        DecidedBlock block = ((Effect.Decide) effects.get(indexOf(effects, Effect.Decide.class))).block();
        assertThat(make.protocol().refuteDecision(make.setups[1], block)).isNull();
    }

    @Test
    void line_49_precommits_of_an_earlier_round_decide() {
        core.propose(make.proposal(a));
        core.prevotes(2, NIL, 0, 1);
        assertThat(core.round()).isEqualTo(2);
        assertThat(decided(core.precommits(0, a.id(), 0, 1, 2))).containsExactly(a.id());
    }

    @Test
    void line_49_precommits_of_different_rounds_decide_nothing() {
        core.propose(make.proposal(a));
        core.precommits(0, a.id(), 0);
        core.prevotes(1, NIL, 0, 1);
        assertThat(core.round()).isEqualTo(1);
        List<Effect> effects = core.precommits(1, a.id(), 1);
        effects.addAll(core.precommits(0, a.id(), 2));
        effects.addAll(core.precommits(1, a.id(), 0));
        assertThat(decided(effects)).isEmpty();
        assertThat(decided(core.precommits(1, a.id(), 2))).containsExactly(a.id());
    }

    @Test
    void line_49_the_decision_waits_for_the_block_and_the_votes_do_not_vanish() {
        List<Effect> effects = core.precommits(0, a.id(), 0, 1, 2);
        assertThat(decided(effects)).isEmpty();
        assertThat(messages(effects, BlockRequest.class))
                .extracting(BlockRequest::block)
                .containsExactly(a.id());
        assertThat(decided(core.receive(1, new BlockResponse(a)))).containsExactly(a.id());
    }

    @Test
    void lines_52_to_54_the_next_height_begins_in_round_0_with_no_lock() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0, 1);
        core.precommits(0, NIL, 2);
        assertThat(decided(core.precommits(0, a.id(), 0, 1))).containsExactly(a.id());
        assertThat(core.height()).isEqualTo(1);
        assertThat(core.round()).isZero();
        assertThat(core.lock()).isEqualTo("nothing");
        assertThat(core.report().details()).contains("valid value nothing");
        Block next = make.block(2, a.id(), 0, payload(4));
        assertThat(prevoted(core.propose(make.proposal(next)))).containsExactly(next.id());
    }

    // Lines 55-56: higher rounds

    @Test
    void line_55_a_weak_quorum_in_a_higher_round_pulls_one_there() {
        core.prevotes(4, NIL, 0);
        core.precommits(4, NIL, 0);
        assertThat(core.round()).isZero();
        core.prevotes(4, b.id(), 1);
        assertThat(core.round()).isEqualTo(4);
    }

    @Test
    void line_55_what_came_from_that_round_counts_there() {
        core.propose(make.proposal(a));
        core.receive(1, make.proposal(b));
        core.prevotes(1, b.id(), 1);
        assertThat(core.round()).isZero();
        List<Effect> effects = core.prevotes(1, b.id(), 0);
        assertThat(core.round()).isEqualTo(1);
        assertThat(effects).anyMatch(Effect.CheckPayload.class::isInstance);
        assertThat(precommitted(core.check(b.id(), true))).containsExactly(b.id());
    }

    // Lines 57-67: time-outs

    @Test
    void lines_57_to_60_without_a_proposal_in_time_nil_is_prevoted() {
        core.wake();
        List<Effect> effects = core.fire(PROPOSE_TIMER);
        assertThat(prevoted(effects)).containsExactly(NIL);
        assertThat(indexOf(effects, Effect.Persist.class)).isLessThan(indexOf(effects, Effect.Broadcast.class));
    }

    @Test
    void line_58_after_one_s_prevote_it_means_nothing() {
        core.wake();
        core.propose(make.proposal(a));
        assertThat(messages(core.fire(PROPOSE_TIMER), Vote.class)).isEmpty();
    }

    @Test
    void lines_61_to_64_without_a_polka_in_time_nil_is_precommitted() {
        core.propose(make.proposal(a));
        core.prevotes(0, NIL, 0, 1);
        List<Effect> effects = core.fire(PREVOTE_TIMER);
        assertThat(precommitted(effects)).containsExactly(NIL);
        assertThat(indexOf(effects, Effect.Persist.class)).isLessThan(indexOf(effects, Effect.Broadcast.class));
    }

    @Test
    void line_62_after_one_s_precommit_it_means_nothing() {
        core.propose(make.proposal(a));
        core.prevotes(0, NIL, 0);
        core.prevotes(0, a.id(), 1, 2);
        assertThat(core.lock()).isEqualTo(new Lock(0, a.id()).toString());
        assertThat(messages(core.fire(PREVOTE_TIMER), Vote.class)).isEmpty();
    }

    @Test
    void lines_65_to_67_without_a_decision_in_time_the_next_round_begins() {
        core.precommits(0, NIL, 0, 1);
        core.precommits(0, a.id(), 2);
        core.fire(PRECOMMIT_TIMER);
        assertThat(core.round()).isEqualTo(1);
    }

    @Test
    void lines_57_to_67_no_time_out_outlives_its_round() {
        core.propose(make.proposal(a));
        core.prevotes(0, NIL, 0, 1);
        core.precommits(0, a.id(), 0);
        core.precommits(0, NIL, 1, 2);
        assertThat(core.runs(PREVOTE_TIMER)).isTrue();
        assertThat(core.runs(PRECOMMIT_TIMER)).isTrue();
        core.prevotes(1, NIL, 0, 1);
        assertThat(core.round()).isEqualTo(1);
        assertThat(core.runs(PREVOTE_TIMER)).isFalse();
        assertThat(core.runs(PRECOMMIT_TIMER)).isFalse();
    }

    // Power

    /** Three of six hold q = 9 of the power, and three others less than w = 4. */
    private final Fixture weighted = new Fixture(TendermintSettings.DEFAULTS, 3, 3, 3, 1, 1, 1);

    @Test
    void lines_34_36_and_49_count_power_and_not_heads() {
        Block block = weighted.block(0, 1);
        assertThat(block.header().proposer()).isEqualTo(v(0));
        OneCore heavy = new OneCore(weighted, 1);
        heavy.propose(weighted.proposal(block));
        List<Effect> light = heavy.prevotes(0, block.id(), 3, 4, 5);
        light.addAll(heavy.precommits(0, block.id(), 3, 4, 5));
        assertThat(started(light, PREVOTE_TIMER)).isEmpty();
        assertThat(started(light, PRECOMMIT_TIMER)).isEmpty();
        OneCore other = new OneCore(weighted, 1);
        other.propose(weighted.proposal(block));
        assertThat(precommitted(other.prevotes(0, block.id(), 0, 2))).containsExactly(block.id());
        assertThat(decided(other.precommits(0, block.id(), 0, 2))).containsExactly(block.id());
    }

    @Test
    void line_55_counts_power_and_not_heads() {
        OneCore light = new OneCore(weighted, 5);
        light.prevotes(2, NIL, 3, 4);
        assertThat(light.round()).isZero();
        light.prevotes(3, NIL, 0);
        assertThat(light.round()).isEqualTo(2);
    }
}
