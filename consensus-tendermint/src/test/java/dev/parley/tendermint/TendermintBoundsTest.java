package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.payload;
import static dev.parley.tendermint.Fixture.v;
import static dev.parley.tendermint.OneCore.decided;
import static dev.parley.tendermint.OneCore.messages;
import static dev.parley.tendermint.OneCore.precommitted;
import static dev.parley.tendermint.OneCore.prevoted;
import static dev.parley.tendermint.OneCore.refusals;
import static dev.parley.tendermint.TendermintMessage.NIL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Digest;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What peers can make a core remember, send and wait for, and what it refuses that its verifier cannot know to be wrong. */
class TendermintBoundsTest {
    private static final int PART_BYTES = 200;

    private final Fixture make = new Fixture(TendermintSettings.DEFAULTS.withPartBytes(PART_BYTES), 1, 1, 1, 1);
    private final Block a = make.block(0, 1);
    private final Block b = make.block(1, 2);
    /** In five parts, made by validator 0 in round 0. */
    private final Block big = make.block(1, BlockId.GENESIS, 0, payload(3, 900));

    private final List<Part> parts = new Parts.Cut(big.payload(), PART_BYTES).parts(big.header());
    private final OneCore core = new OneCore(make, 3);

    /** Bytes that no decoder takes for a batch of commands. */
    private record Garbage(int sizeBytes) implements Payload {
        @Override
        public Digest digest() {
            return Digest.ZERO;
        }

        @Override
        public boolean isEmpty() {
            return false;
        }

        @Override
        public void write(BinaryWriter out) {
            for (int i = 0; i < sizeBytes; i++) {
                out.u8(200 + i % 50);
            }
        }
    }

    private static List<Effect> all(OneCore core, int from, Iterable<? extends TendermintMessage> messages) {
        List<Effect> effects = new ArrayList<>();
        for (TendermintMessage message : messages) {
            effects.addAll(core.receive(from, message));
        }
        return effects;
    }

    @Test
    void a_message_counts_in_queues_for_what_it_holds() {
        Block huge = make.block(1, BlockId.GENESIS, 0, new Garbage(100_000));
        Proposal proposal = make.proposal(huge);
        Proposal whole =
                new Proposal(huge.header(), 0, -1, proposal.proposer(), null, huge.payload(), proposal.signature());
        assertThat(whole.approximateBytes()).isGreaterThan(100_000);
        assertThat(whole.withoutPayload().approximateBytes()).isLessThan(10_000);
        assertThat(new TendermintMessage.BlockResponse(huge).approximateBytes()).isGreaterThan(100_000);
        assertThat(new Part(huge.header(), 0, List.of(), new byte[100_000]).approximateBytes())
                .isGreaterThan(100_000);
    }

    // Rounds

    @Test
    void hazard_17_keeps_of_each_validator_what_it_signed_in_its_highest_round_alone() {
        HigherRounds higher = new HigherRounds(make.validators);
        for (int round = 1; round < 1000; round++) {
            higher.add(make.prevote(0, round, a.id()));
            higher.add(make.prevote(0, round, b.id()));
            higher.add(make.precommit(0, round, a.id()));
            higher.add(make.precommit(0, round, NIL));
        }
        higher.add(make.prevote(1, 4, a.id()));
        assertThat(higher.takeUpTo(4)).containsExactly(make.prevote(1, 4, a.id()));
        assertThat(higher.takeUpTo(TendermintMessage.MAX_ROUND))
                .containsExactly(make.prevote(0, 999, a.id()), make.precommit(0, 999, a.id()));
    }

    @Test
    void hazard_17_a_flood_of_rounds_neither_moves_a_round_nor_drowns_another_validator() {
        for (int round = 1; round < 500; round++) {
            core.prevotes(round, a.id(), 0);
        }
        core.prevotes(TendermintMessage.MAX_ROUND - 1, a.id(), 0);
        assertThat(core.round()).isZero();
        core.prevotes(3, NIL, 1);
        assertThat(core.round()).isEqualTo(3);
    }

    @Test
    void keeps_the_votes_of_eight_rounds_back_and_refuses_older_ones() {
        core.receive(0, make.proposal(a));
        for (int round = 0; round < 30; round++) {
            core.fail(round);
        }
        assertThat(core.report().details()).contains(Rounds.KEPT + 1 + " rounds and 0 blocks kept");
        assertThat(refusals(core.prevotes(30 - Rounds.KEPT, a.id(), 0))).isEmpty();
        assertThat(refusals(core.prevotes(29 - Rounds.KEPT, a.id(), 0))).containsExactly(Reason.STALE);
        assertThat(refusals(core.receive(0, make.proposal(a)))).containsExactly(Reason.STALE);
    }

    /** Of thirteen, so that its own turn, in which it would propose the block again, is far. */
    @Test
    void keeps_the_block_that_it_is_locked_on_however_long_ago_that_was() {
        Fixture of13 = new Fixture(TendermintSettings.DEFAULTS, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        OneCore last = new OneCore(of13, 12);
        Block block = of13.block(0, 1);
        last.propose(of13.proposal(block));
        last.prevotes(0, block.id(), 0, 1, 2, 3, 4, 5, 6, 7);
        for (int round = 0; round < 11; round++) {
            last.fail(round);
        }
        assertThat(last.round()).isEqualTo(11);
        assertThat(last.lock()).isEqualTo(new Lock(0, block.id()).toString());
        assertThat(last.report().details()).contains(Rounds.KEPT + 1 + " rounds and 1 blocks kept");
        assertThat(messages(last.fail(11), Proposal.class))
                .extracting(Proposal::block)
                .containsExactly(block.id());
    }

    // Heights

    @Test
    void hazard_17_keeps_six_messages_of_the_next_height_of_each_peer() {
        List<Reason> refused = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            refused.addAll(refusals(core.receive(0, make.vote(VoteKind.PREVOTE, 0, 2, round, NIL))));
        }
        assertThat(refused).hasSize(10 - FutureHeights.PER_PEER).containsOnly(Reason.OVER_CAPACITY);
        assertThat(refusals(core.receive(1, make.vote(VoteKind.PREVOTE, 1, 2, 0, NIL))))
                .isEmpty();
    }

    @Test
    void hazard_17_keeps_each_part_of_one_block_of_the_next_height_once_from_its_first_proposer_alone() {
        Block far = make.block(2, a.id(), v(1), 0, payload(3, 900));
        Block other = make.block(2, a.id(), v(1), 0, payload(4, 900));
        List<Part> its = new Parts.Cut(far.payload(), PART_BYTES).parts(far.header());
        FutureHeights next = new FutureHeights(4);
        for (int i = 0; i < 100_000; i++) {
            assertThat(next.add(v(1), its.getLast())).isTrue();
        }
        assertThat(next.add(v(1), new Parts.Cut(other.payload(), PART_BYTES).part(other.header(), 0)))
                .isFalse();
        assertThat(next.add(v(1), its.getFirst())).isTrue();
        assertThat(next.take(2)).hasSize(2);

        assertThat(refusals(core.receive(0, its.getFirst()))).containsExactly(Reason.OVER_CAPACITY);
        assertThat(refusals(core.receive(1, its.getFirst()))).isEmpty();
        Block third = make.block(3, far.id(), v(2), 0, payload(3, 900));
        assertThat(refusals(core.receive(2, new Parts.Cut(third.payload(), PART_BYTES).part(third.header(), 0))))
                .isEmpty();
    }

    @Test
    void hazard_17_keeps_one_proposal_of_a_height_to_come_of_each_peer_whose_turn_it_is() {
        Proposal first = make.proposal(make.block(2, a.id(), v(1), 0, payload(3)));
        assertThat(refusals(core.receive(1, first))).isEmpty();
        assertThat(refusals(core.receive(1, make.proposal(make.block(2, a.id(), v(1), 0, payload(4))))))
                .containsExactly(Reason.OVER_CAPACITY);
        assertThat(refusals(core.receive(0, first))).containsExactly(Reason.OVER_CAPACITY);
        Block usurped = make.block(2, a.id(), v(2), 0, payload(5));
        assertThat(refusals(core.receive(2, make.proposal(usurped, 0, -1, null, v(2)))))
                .containsExactly(Reason.OVER_CAPACITY);
    }

    @Test
    void a_request_beyond_the_quota_cuts_no_block() {
        core.receive(0, make.proposal(big));
        all(core, 0, parts);
        BlockRequest request = new BlockRequest(1, big.id(), Bits.none(0));
        assertThat(core.receive(1, request)).hasSameSizeAs(parts);
        assertThat(core.receive(1, request)).isEmpty();
    }

    @Test
    void two_proposals_in_a_round_above_convict_too() {
        core.receive(1, make.proposal(make.block(1, BlockId.GENESIS, v(1), 1, payload(3))));
        List<Effect> effects = core.receive(1, make.proposal(make.block(1, BlockId.GENESIS, v(1), 1, payload(4))));
        assertThat(effects)
                .anyMatch(effect -> effect instanceof Effect.Accuse(var evidence)
                        && evidence.culprit().equals(v(1)));
    }

    @Test
    void blames_an_equivocator_and_not_who_passes_its_votes_on() {
        core.receive(0, make.prevote(0, 0, NIL));
        List<Effect> effects = core.receive(1, new Votes(1, List.of(make.prevote(0, 0, a.id()))));
        assertThat(effects)
                .filteredOn(effect -> effect instanceof Effect.Observe(Observation.Refused refused)
                        && refused.refusal().reason() == Reason.CONFLICT
                        && refused.refusal().from().equals(v(0)))
                .hasSize(1);
    }

    @Test
    void a_skip_over_many_rounds_blames_nobody_for_what_was_said_in_them() {
        core.receive(1, make.prevote(1, 1, NIL));
        core.receive(0, make.prevote(0, 20, NIL));
        assertThat(refusals(core.receive(2, make.prevote(2, 20, NIL)))).isEmpty();
        assertThat(core.round()).isEqualTo(20);
    }

    @Test
    void asks_once_for_the_certificates_of_a_height_far_ahead() {
        Vote far = make.vote(VoteKind.PREVOTE, 0, 9, 0, NIL);
        assertThat(core.receive(0, far)).contains(new Effect.CatchUp(8, v(0)));
        assertThat(core.receive(0, far)).isEmpty();
        assertThat(core.receive(1, make.vote(VoteKind.PREVOTE, 1, 8, 0, NIL))).isEmpty();
        core.give(new Input.CaughtUp(List.of()));
        assertThat(core.receive(1, make.vote(VoteKind.PREVOTE, 1, 8, 0, NIL))).contains(new Effect.CatchUp(7, v(1)));
    }

    @Test
    void refuses_what_is_of_a_height_long_decided() {
        core.propose(make.proposal(a));
        core.precommits(0, a.id(), 0, 1, 2);
        assertThat(refusals(core.receive(0, make.prevote(0, 0, a.id())))).isEmpty();
        Block next = make.block(2, a.id(), 0, payload(4));
        core.propose(make.proposal(next));
        assertThat(decided(core.precommits(0, next.id(), 0, 1, 2))).containsExactly(next.id());
        assertThat(refusals(core.receive(0, make.prevote(0, 0, a.id())))).containsExactly(Reason.STALE);
    }

    // Answers

    @Test
    void hazard_17_answers_one_summary_of_a_peer_per_tick() {
        core.propose(make.proposal(a));
        core.fire(Gossip.TIMER);
        Summary summary = new Summary(1, 0, false, false, Bits.none(4), Bits.none(4));
        assertThat(core.receive(1, summary)).hasSize(2);
        for (int i = 0; i < 5; i++) {
            assertThat(core.receive(1, summary)).isEmpty();
        }
        assertThat(core.receive(2, summary)).hasSize(2);
        core.fire(Gossip.TIMER);
        assertThat(core.receive(1, summary)).hasSize(2);
    }

    @Test
    void hazard_17_answers_one_request_for_a_block_of_a_peer_per_tick() {
        core.propose(make.proposal(a));
        BlockRequest request = new BlockRequest(1, a.id(), Bits.none(0));
        assertThat(core.receive(1, request)).containsExactly(new Effect.Send(v(1), new BlockResponse(a)));
        for (int i = 0; i < 5; i++) {
            assertThat(core.receive(1, request)).isEmpty();
        }
        assertThat(core.receive(2, request)).hasSize(1);
        core.fire(Gossip.TIMER);
        assertThat(core.receive(1, request)).hasSize(1);
    }

    @Test
    void answers_no_request_for_a_block_that_it_has_not() {
        core.wake();
        assertThat(core.receive(1, new BlockRequest(1, b.id(), Bits.none(0)))).isEmpty();
    }

    @Test
    void ticks_at_rest_only_until_it_may_answer_again() {
        core.receive(1, new Summary(1, 0, false, false, Bits.none(4), Bits.none(4)));
        assertThat(core.runs(Gossip.TIMER)).isTrue();
        core.fire(Gossip.TIMER);
        assertThat(core.runs(Gossip.TIMER)).isFalse();
    }

    // Proposals

    @Test
    void refuses_a_proposal_that_does_not_extend_the_last_decided_block() {
        Block orphan = make.block(1, b.id(), 0, payload(1));
        List<Effect> effects = core.propose(make.proposal(orphan));
        assertThat(refusals(effects)).containsExactly(Reason.CONFLICT);
        assertThat(prevoted(effects)).isEmpty();
    }

    @Test
    void refuses_a_block_that_was_made_by_another_than_its_round_s_proposer() {
        Block foreign = make.block(1, BlockId.GENESIS, v(2), 0, payload(1));
        core.fail(0);
        List<Effect> effects = core.propose(make.proposal(foreign, 1, 0, make.polka(0, foreign.id())));
        assertThat(refusals(effects)).containsExactly(Reason.NOT_LEADER);
    }

    @Test
    void accuses_a_proposer_of_two_proposals_once_and_stays_with_the_first() {
        core.propose(make.proposal(a));
        Block second = make.block(0, 8);
        List<Effect> effects = core.propose(make.proposal(second));
        assertThat(refusals(effects)).containsExactly(Reason.CONFLICT);
        assertThat(effects)
                .filteredOn(Effect.Accuse.class::isInstance)
                .singleElement()
                .satisfies(effect -> {
                    Effect.Accuse accuse = (Effect.Accuse) effect;
                    assertThat(accuse.evidence().culprit()).isEqualTo(v(0));
                    assertThat(make.protocol().convicts(make.setups[1], accuse.evidence()))
                            .isTrue();
                });
        effects = core.propose(make.proposal(make.block(0, 9)));
        assertThat(refusals(effects)).containsExactly(Reason.CONFLICT);
        assertThat(effects).noneMatch(Effect.Accuse.class::isInstance);
        assertThat(precommitted(core.prevotes(0, a.id(), 0, 1))).containsExactly(a.id());
    }

    @Test
    void accuses_who_signed_and_not_who_passed_it_on() {
        core.receive(2, make.proposal(a));
        List<Effect> effects = core.receive(1, make.proposal(make.block(0, 8)));
        assertThat(effects)
                .filteredOn(Effect.Accuse.class::isInstance)
                .extracting(effect -> ((Effect.Accuse) effect).evidence().culprit())
                .containsExactly(v(0));
    }

    // Votes

    @Test
    void a_validator_that_votes_for_two_blocks_counts_for_both_and_is_accused_once() {
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0);
        core.prevotes(0, b.id(), 2);
        List<Effect> second = core.prevotes(0, a.id(), 2);
        assertThat(precommitted(second)).containsExactly(a.id());
        assertThat(refusals(second)).containsExactly(Reason.CONFLICT);
        assertThat(culprits(second)).containsExactly(v(2));
        List<Effect> third = core.prevotes(0, NIL, 2);
        assertThat(refusals(third)).containsExactly(Reason.CONFLICT);
        assertThat(culprits(third)).isEmpty();
    }

    @Test
    void a_third_value_of_one_validator_is_not_counted() {
        VoteSet votes = new VoteSet(make.validators);
        assertThat(votes.add(make.prevote(0, 0, a.id()))).isEqualTo(VoteSet.Added.COUNTED);
        assertThat(votes.add(make.prevote(0, 0, b.id()))).isEqualTo(VoteSet.Added.CONFLICTING);
        assertThat(votes.add(make.prevote(0, 0, NIL))).isEqualTo(VoteSet.Added.CONFLICTING);
        assertThat(votes.add(make.prevote(0, 0, b.id()))).isEqualTo(VoteSet.Added.KNOWN);
        assertThat(votes.power(a.id())).isEqualTo(1);
        assertThat(votes.power(b.id())).isEqualTo(1);
        assertThat(votes.power(NIL)).isZero();
        assertThat(votes.anyPower()).isEqualTo(1);
    }

    @Test
    void two_votes_in_a_higher_round_are_evidence_before_one_gets_there() {
        assertThat(culprits(core.prevotes(4, a.id(), 2))).isEmpty();
        assertThat(culprits(core.prevotes(4, b.id(), 2))).containsExactly(v(2));
        assertThat(culprits(core.prevotes(4, NIL, 2))).isEmpty();
        assertThat(culprits(core.precommits(4, a.id(), 2))).isEmpty();
        assertThat(culprits(core.precommits(4, NIL, 2))).containsExactly(v(2));
    }

    private static List<ValidatorId> culprits(List<Effect> effects) {
        List<ValidatorId> culprits = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Accuse(var evidence)) {
                culprits.add(evidence.culprit());
            }
        }
        return culprits;
    }

    // Blocks and parts

    @Test
    void puts_parts_together_in_any_order_and_counts_duplicates_once() {
        core.receive(0, make.proposal(big));
        for (int index : new int[] {4, 1, 1, 3, 4}) {
            assertThat(core.receive(0, parts.get(index))).isEmpty();
        }
        core.receive(2, parts.get(0));
        assertThat(core.receive(1, parts.get(2)))
                .filteredOn(Effect.CheckPayload.class::isInstance)
                .singleElement()
                .satisfies(effect -> assertThat(
                                ((Effect.CheckPayload) effect).payload().digest())
                        .isEqualTo(big.payload().digest()));
        assertThat(prevoted(core.check(big.id(), true))).containsExactly(big.id());
        assertThat(core.receive(0, parts.get(0))).isEmpty();
    }

    @Test
    void takes_parts_of_one_block_before_its_proposal_from_its_proposer_alone() {
        assertThat(refusals(core.receive(1, parts.get(0)))).containsExactly(Reason.UNREQUESTED);
        assertThat(refusals(core.receive(0, parts.get(1)))).isEmpty();
        Block other = make.block(1, BlockId.GENESIS, 0, payload(4, 900));
        assertThat(refusals(core.receive(
                        0,
                        new Parts.Cut(other.payload(), PART_BYTES)
                                .parts(other.header())
                                .get(0))))
                .containsExactly(Reason.UNREQUESTED);
        all(core, 0, parts);
        core.receive(0, make.proposal(big));
        assertThat(prevoted(core.check(big.id(), true))).containsExactly(big.id());
    }

    @Test
    void refuses_parts_of_another_parent_or_of_a_round_that_has_its_proposal() {
        Block orphan = make.block(1, b.id(), 0, payload(4, 900));
        assertThat(refusals(core.receive(
                        0,
                        new Parts.Cut(orphan.payload(), PART_BYTES)
                                .parts(orphan.header())
                                .get(0))))
                .containsExactly(Reason.UNREQUESTED);
        core.receive(0, make.proposal(a));
        assertThat(refusals(core.receive(0, parts.get(0)))).containsExactly(Reason.UNREQUESTED);
    }

    @Test
    void prevotes_nil_for_parts_that_are_no_payload_and_refuses_them_by_their_maker() {
        Block broken = make.block(1, BlockId.GENESIS, 0, new Garbage(450));
        core.receive(0, make.proposal(broken));
        List<Effect> effects = all(core, 2, new Parts.Cut(broken.payload(), PART_BYTES).parts(broken.header()));
        assertThat(prevoted(effects)).containsExactly(NIL);
        assertThat(effects)
                .filteredOn(effect -> effect instanceof Effect.Observe(Observation.Refused refused)
                        && refused.refusal().reason() == Reason.BAD_PAYLOAD
                        && refused.refusal().from().equals(v(0)))
                .hasSize(1);
        assertThat(all(core, 2, new Parts.Cut(broken.payload(), PART_BYTES).parts(broken.header())))
                .isEmpty();
    }

    @Test
    void refuses_blocks_that_nobody_asked_for() {
        assertThat(refusals(core.receive(1, new BlockResponse(a)))).containsExactly(Reason.UNREQUESTED);
        core.receive(0, make.proposal(a));
        assertThat(refusals(core.receive(1, new BlockResponse(b)))).containsExactly(Reason.UNREQUESTED);
    }

    @Test
    void passes_on_the_parts_that_are_missing_and_no_others() {
        core.receive(0, make.proposal(big));
        all(core, 0, parts);
        Parts.Assembly theirs = new Parts.Assembly(big.header(), PART_BYTES);
        theirs.add(parts.get(0));
        theirs.add(parts.get(3));
        List<Effect> effects = core.receive(1, new BlockRequest(1, big.id(), theirs.missing()));
        assertThat(messages(effects, Part.class)).containsExactly(parts.get(1), parts.get(2), parts.get(4));
        List<Effect> whole = core.receive(2, new BlockRequest(1, big.id(), Bits.none(17)));
        assertThat(messages(whole, Part.class)).isEqualTo(parts);
    }

    @Test
    void takes_memory_for_parts_as_they_come_and_not_as_the_header_claims() {
        Parts.Assembly assembly =
                new Parts.Assembly(new Header(1, BlockId.GENESIS, v(0), 0, Digest.ZERO, 1 << 24), 1 << 10);
        assertThat(assembly.isEmpty()).isTrue();
        assertThat(assembly.missing().size()).isEqualTo(1 << 14);
    }

    @Test
    void votes_passed_on_count_as_if_they_had_come_from_their_voters() {
        core.propose(make.proposal(a));
        List<Effect> effects =
                core.receive(1, new Votes(1, List.of(make.prevote(0, 0, a.id()), make.prevote(2, 0, a.id()))));
        assertThat(precommitted(effects)).containsExactly(a.id());
    }
}
