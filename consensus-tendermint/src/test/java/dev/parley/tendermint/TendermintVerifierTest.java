package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.payload;
import static dev.parley.tendermint.Fixture.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.crypto.Digest;
import dev.parley.crypto.SignedStatement;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is refused before it gets to a core, each for a reason that says what is wrong. */
class TendermintVerifierTest {
    private final Fixture make = new Fixture(TendermintSettings.DEFAULTS.withPartBytes(200), 1, 1, 1, 1);
    private final MessageVerifier verifier = make.protocol().createVerifier(make.setups[0]);
    private final Block a = make.block(0, 1);
    private final Block b = make.block(1, 2);
    /** In five parts. */
    private final Block big = make.block(1, BlockId.GENESIS, 0, payload(3, 900));

    private final VoteCertificate polka = make.polka(0, a.id());

    private void assertRefused(ConsensusMessage message, int from, Reason reason) {
        Refusal refusal = Objects.requireNonNull(verifier.verify(v(from), message), "not refused");
        assertThat(refusal.reason()).as(refusal.detail()).isEqualTo(reason);
    }

    private void assertAdmitted(ConsensusMessage message, int from) {
        assertThat(verifier.verify(v(from), message)).isNull();
    }

    private VoteCertificate withShares(VoteCertificate certificate, List<Share> shares) {
        return new VoteCertificate(
                certificate.kind(), certificate.height(), certificate.round(), certificate.block(), shares);
    }

    private DecidedBlock decided(Block block, VoteCertificate commit) {
        Header header = block.header();
        return new DecidedBlock(
                header.height(),
                block.id(),
                header.parent(),
                header.proposer(),
                Views.of(header.height(), header.round()),
                block.payload(),
                new TendermintCertificate(header, commit));
    }

    private VoteCertificate commit(int... voters) {
        return make.certificate(VoteKind.PRECOMMIT, 1, 0, a.id(), voters);
    }

    @Test
    void admits_what_correct_validators_send() {
        assertAdmitted(make.proposal(a), 0);
        assertAdmitted(make.proposal(a), 3);
        assertAdmitted(make.proposal(big), 0);
        assertAdmitted(make.proposal(a, 1, 0, polka), 1);
        assertAdmitted(make.prevote(2, 0, a.id()), 2);
        assertAdmitted(make.precommit(2, 7, TendermintMessage.NIL), 2);
        assertAdmitted(new Votes(1, List.of(make.prevote(2, 0, a.id()), make.precommit(3, 1, b.id()))), 1);
        assertAdmitted(new Summary(1, 0, true, false, Bits.none(4), Bits.none(4)), 1);
        assertAdmitted(new BlockRequest(1, a.id(), Bits.none(0)), 1);
        assertAdmitted(new BlockResponse(a), 1);
        for (Part part : new Parts.Cut(big.payload(), 200).parts(big.header())) {
            assertAdmitted(part, 3);
        }
    }

    // Heights and rounds

    @Test
    void hazard_10_refuses_heights_out_of_range_in_every_message() {
        for (long height :
                new long[] {0, -1, Long.MIN_VALUE, TendermintMessage.MAX_HEIGHT, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
            assertRefused(make.vote(VoteKind.PREVOTE, 1, height, 0, a.id()), 1, Reason.MALFORMED);
            assertRefused(new Votes(height, List.of()), 1, Reason.MALFORMED);
            assertRefused(new Summary(height, 0, false, false, Bits.none(4), Bits.none(4)), 1, Reason.MALFORMED);
            assertRefused(new BlockRequest(height, a.id(), Bits.none(0)), 1, Reason.MALFORMED);
            Block far = make.block(height, BlockId.GENESIS, v(1), 0, payload(1));
            assertRefused(make.proposal(far, 0, -1, null, v(1)), 1, Reason.MALFORMED);
            assertRefused(new BlockResponse(far), 1, Reason.MALFORMED);
        }
        assertAdmitted(make.vote(VoteKind.PREVOTE, 1, TendermintMessage.MAX_HEIGHT - 1, 0, a.id()), 1);
    }

    @Test
    void hazard_10_refuses_rounds_out_of_range_in_every_message() {
        for (int round : new int[] {-1, Integer.MIN_VALUE, TendermintMessage.MAX_ROUND, Integer.MAX_VALUE}) {
            assertRefused(make.prevote(1, round, a.id()), 1, Reason.MALFORMED);
            assertRefused(make.proposal(a, round, -1, null, v(1)), 1, Reason.MALFORMED);
            Block far = make.block(1, BlockId.GENESIS, v(1), round, payload(1));
            assertRefused(new BlockResponse(far), 1, Reason.MALFORMED);
        }
        for (int round : new int[] {TendermintMessage.MAX_ROUND, Integer.MAX_VALUE}) {
            assertRefused(new Summary(1, round, false, false, Bits.none(4), Bits.none(4)), 1, Reason.MALFORMED);
        }
    }

    // Proposals

    @Test
    void line_28_refuses_a_validRound_that_is_not_of_an_earlier_round() {
        for (int validRound : new int[] {1, 2, Integer.MAX_VALUE}) {
            VoteCertificate its = make.polka(validRound, a.id());
            assertRefused(make.proposal(a, 1, validRound, its), 1, Reason.UNJUSTIFIED);
        }
        for (int validRound : new int[] {-2, Integer.MIN_VALUE}) {
            assertRefused(make.proposal(a, 1, validRound, polka), 1, Reason.UNJUSTIFIED);
        }
    }

    @Test
    void line_28_refuses_a_validRound_without_its_polka_and_a_polka_without_its_validRound() {
        assertRefused(make.proposal(a, 1, 0, null), 1, Reason.UNJUSTIFIED);
        assertRefused(make.proposal(b, 1, -1, make.polka(0, b.id())), 1, Reason.UNJUSTIFIED);
    }

    @Test
    void line_28_refuses_a_polka_of_another_round_height_kind_or_block() {
        assertRefused(make.proposal(a, 2, 1, polka), 2, Reason.UNJUSTIFIED);
        assertRefused(make.proposal(a, 2, 0, make.polka(1, a.id())), 2, Reason.UNJUSTIFIED);
        assertRefused(make.proposal(a, 1, 0, make.polka(0, big.id())), 1, Reason.UNJUSTIFIED);
        VoteCertificate ofHeight2 = make.certificate(VoteKind.PREVOTE, 2, 0, a.id(), 0, 1, 2);
        assertRefused(make.proposal(a, 1, 0, ofHeight2), 1, Reason.UNJUSTIFIED);
        assertRefused(make.proposal(a, 1, 0, commit(0, 1, 2)), 1, Reason.UNJUSTIFIED);
    }

    @Test
    void hazard_1_refuses_a_polka_below_the_quorum_or_with_one_signer_twice() {
        assertRefused(
                make.proposal(a, 1, 0, make.certificate(VoteKind.PREVOTE, 1, 0, a.id(), 0, 1)),
                1,
                Reason.BAD_CERTIFICATE);
        for (int[] voters : new int[][] {{0, 1, 1}, {1, 0, 2}, {0, 0, 0}}) {
            VoteCertificate bad = make.certificate(VoteKind.PREVOTE, 1, 0, a.id(), voters);
            assertRefused(make.proposal(a, 1, 0, bad), 1, Reason.BAD_CERTIFICATE);
        }
    }

    @Test
    void hazard_2_refuses_a_polka_carried_over_from_another_round() {
        VoteCertificate moved = new VoteCertificate(VoteKind.PREVOTE, 1, 1, a.id(), polka.shares());
        assertRefused(make.proposal(a, 2, 1, moved), 2, Reason.BAD_CERTIFICATE);
        VoteCertificate precommits = commit(0, 1, 2);
        VoteCertificate renamed = new VoteCertificate(VoteKind.PREVOTE, 1, 0, a.id(), precommits.shares());
        assertRefused(make.proposal(a, 1, 0, renamed), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void hazard_4_refuses_a_polka_with_one_wrong_signature_or_a_foreign_signer() {
        List<Share> shares = new ArrayList<>(polka.shares());
        shares.set(2, new Share(v(2), shares.get(1).signature()));
        assertRefused(make.proposal(a, 1, 0, withShares(polka, shares)), 1, Reason.BAD_CERTIFICATE);
        shares.set(2, new Share(v(4), shares.get(2).signature()));
        assertRefused(make.proposal(a, 1, 0, withShares(polka, shares)), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void a_certificate_that_was_found_good_does_not_let_a_like_one_pass() {
        assertAdmitted(make.proposal(a, 1, 0, polka), 1);
        List<Share> shares = new ArrayList<>(polka.shares());
        shares.set(0, new Share(v(0), shares.get(1).signature()));
        assertRefused(make.proposal(a, 1, 0, withShares(polka, shares)), 1, Reason.BAD_CERTIFICATE);
        assertAdmitted(make.proposal(a, 1, 0, polka), 1);
    }

    @Test
    void refuses_a_fresh_proposal_of_an_old_block_and_a_block_younger_than_its_polka() {
        assertRefused(make.proposal(a, 1, -1, null), 1, Reason.MALFORMED);
        assertRefused(make.proposal(a, 0, -1, null, v(1)), 1, Reason.MALFORMED);
        assertRefused(make.proposal(b, 2, 0, make.polka(0, b.id())), 2, Reason.MALFORMED);
    }

    @Test
    void refuses_a_payload_that_is_not_the_header_s() {
        Proposal good = make.proposal(a);
        assertRefused(new Proposal(a.header(), 0, -1, v(0), null, payload(8), good.signature()), 0, Reason.MALFORMED);
        Block claimsLess = new Block(
                new Header(
                        1,
                        BlockId.GENESIS,
                        v(0),
                        0,
                        a.payload().digest(),
                        a.payload().sizeBytes() - 1),
                a.payload());
        assertRefused(make.proposal(claimsLess), 0, Reason.MALFORMED);
        assertRefused(new BlockResponse(new Block(a.header(), payload(8))), 0, Reason.MALFORMED);
    }

    @Test
    void refuses_a_payload_in_the_wrong_form() {
        Proposal inParts = make.proposal(big);
        assertRefused(
                new Proposal(big.header(), 0, -1, v(0), null, big.payload(), inParts.signature()), 0, Reason.MALFORMED);
        assertRefused(make.proposal(a).withoutPayload(), 0, Reason.MALFORMED);
        assertRefused(new BlockResponse(big), 0, Reason.MALFORMED);
    }

    @Test
    void refuses_what_others_are_said_to_have_signed() {
        assertRefused(make.prevote(2, 0, a.id()), 1, Reason.FOREIGN_SENDER);
        assertRefused(make.prevote(1, 0, a.id()), 4, Reason.FOREIGN_SENDER);
        Proposal good = make.proposal(a);
        assertRefused(
                new Proposal(
                        a.header(),
                        0,
                        -1,
                        v(0),
                        null,
                        a.payload(),
                        make.proposal(b).signature()),
                0,
                Reason.BAD_SIGNATURE);
        assertRefused(
                new Proposal(a.header(), 1, 0, v(1), polka, a.payload(), good.signature()), 0, Reason.BAD_SIGNATURE);
        assertRefused(
                new Proposal(a.header(), 1, 0, v(4), polka, a.payload(), good.signature()), 1, Reason.FOREIGN_SENDER);
        Block foreign = make.block(1, BlockId.GENESIS, v(4), 0, payload(1));
        assertRefused(new BlockResponse(foreign), 1, Reason.MALFORMED);
    }

    // Votes

    @Test
    void hazard_2_refuses_a_vote_carried_over_to_another_slot() {
        Vote vote = make.prevote(1, 0, a.id());
        for (Vote moved : List.of(
                new Vote(VoteKind.PRECOMMIT, 1, 0, a.id(), v(1), vote.signature()),
                new Vote(VoteKind.PREVOTE, 2, 0, a.id(), v(1), vote.signature()),
                new Vote(VoteKind.PREVOTE, 1, 1, a.id(), v(1), vote.signature()),
                new Vote(VoteKind.PREVOTE, 1, 0, b.id(), v(1), vote.signature()))) {
            assertRefused(moved, 1, Reason.BAD_SIGNATURE);
        }
    }

    @Test
    void refuses_votes_passed_on_of_which_one_is_wrong() {
        Vote good = make.prevote(1, 0, a.id());
        Vote forged = new Vote(VoteKind.PREVOTE, 1, 0, a.id(), v(2), good.signature());
        assertRefused(new Votes(1, List.of(good, forged)), 3, Reason.BAD_SIGNATURE);
        Vote foreign = new Vote(VoteKind.PREVOTE, 1, 0, a.id(), v(4), good.signature());
        assertRefused(new Votes(1, List.of(good, foreign)), 3, Reason.FOREIGN_SENDER);
        assertRefused(new Votes(2, List.of(good)), 3, Reason.MALFORMED);
    }

    @Test
    void refuses_more_votes_at_once_than_two_rounds_have_and_any_of_them_twice() {
        List<Vote> votes = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (VoteKind kind : VoteKind.values()) {
                for (int voter = 0; voter < 4; voter++) {
                    votes.add(make.vote(kind, voter, 1, round, a.id()));
                }
            }
        }
        assertAdmitted(new Votes(1, votes.subList(0, 16)), 1);
        assertRefused(new Votes(1, votes.subList(0, 17)), 1, Reason.MALFORMED);
        assertRefused(new Votes(1, Collections.nCopies(2, votes.getFirst())), 1, Reason.MALFORMED);
        assertRefused(new Votes(1, List.of(votes.get(1), votes.get(0))), 1, Reason.MALFORMED);
    }

    // Parts and bit arrays

    @Test
    void hazard_19_refuses_a_part_whose_index_is_not_the_one_that_its_path_proves() {
        List<Part> parts = new Parts.Cut(big.payload(), 200).parts(big.header());
        assertThat(parts).hasSize(5);
        for (Part part : parts) {
            for (int index = -1; index <= 5; index++) {
                if (index != part.index()) {
                    assertRefused(new Part(big.header(), index, part.path(), part.bytes()), 0, Reason.MALFORMED);
                }
            }
        }
    }

    @Test
    void refuses_a_part_with_other_bytes_another_path_or_another_block() {
        Part part = new Parts.Cut(big.payload(), 200).parts(big.header()).getFirst();
        byte[] damaged = part.bytes().clone();
        damaged[7] ^= 1;
        assertRefused(new Part(big.header(), 0, part.path(), damaged), 0, Reason.MALFORMED);
        assertRefused(new Part(big.header(), 0, part.path(), new byte[199]), 0, Reason.MALFORMED);
        assertRefused(new Part(big.header(), 0, part.path(), new byte[0]), 0, Reason.MALFORMED);
        List<Digest> longer = new ArrayList<>(part.path());
        longer.add(Digest.ZERO);
        assertRefused(new Part(big.header(), 0, longer, part.bytes()), 0, Reason.MALFORMED);
        assertRefused(new Part(big.header(), 0, List.of(), part.bytes()), 0, Reason.MALFORMED);
        Block other = make.block(1, BlockId.GENESIS, 0, payload(4, 900));
        assertRefused(new Part(other.header(), 0, part.path(), part.bytes()), 0, Reason.MALFORMED);
    }

    @Test
    void refuses_the_only_part_of_a_small_block() {
        assertRefused(new Part(a.header(), 0, List.of(), new byte[a.header().payloadBytes()]), 0, Reason.MALFORMED);
    }

    @Test
    void refuses_a_header_that_claims_more_parts_than_are_counted() {
        Fixture tiny = new Fixture(TendermintSettings.DEFAULTS.withPartBytes(1), 1, 1, 1, 1);
        Header header = new Header(1, BlockId.GENESIS, v(0), 0, Digest.ZERO, Bits.MAX_SIZE + 1);
        Refusal refusal = tiny.protocol()
                .createVerifier(tiny.setups[0])
                .verify(v(0), new Part(header, 0, List.of(), new byte[1]));
        assertThat(Objects.requireNonNull(refusal).detail()).contains("no such block");
    }

    @Test
    void hazard_19_refuses_bit_arrays_of_another_length_than_there_are_validators() {
        for (int size : new int[] {0, 3, 5, Bits.MAX_SIZE}) {
            assertRefused(new Summary(1, 0, false, false, Bits.none(size), Bits.none(4)), 1, Reason.MALFORMED);
            assertRefused(new Summary(1, 0, false, false, Bits.none(4), Bits.none(size)), 1, Reason.MALFORMED);
        }
        BitSet fifth = new BitSet();
        fifth.set(4);
        assertThatThrownBy(() -> Bits.of(4, fifth)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_a_request_for_nil_and_what_is_no_message_of_tendermint() {
        assertRefused(new BlockRequest(1, TendermintMessage.NIL, Bits.none(0)), 1, Reason.MALFORMED);
        assertRefused(new ConsensusMessage() {}, 1, Reason.MALFORMED);
    }

    // Commit certificates

    @Test
    void a_commit_certificate_proves_its_block() {
        assertThat(make.protocol().refuteDecision(make.setups[0], decided(a, commit(0, 1, 2))))
                .isNull();
        assertThat(make.protocol().refuteDecision(make.setups[0], decided(a, commit(0, 1, 2, 3))))
                .isNull();
        VoteCertificate later = make.certificate(VoteKind.PRECOMMIT, 1, 5, a.id(), 1, 2, 3);
        assertThat(make.protocol().refuteDecision(make.setups[0], decided(a, later)))
                .isNull();
    }

    @Test
    void hazard_1_refutes_a_commit_certificate_with_a_duplicate_a_foreign_or_too_few_validators() {
        List<Share> shares = new ArrayList<>(commit(0, 1, 2).shares());
        shares.set(2, new Share(v(4), shares.get(2).signature()));
        for (VoteCertificate bad : List.of(
                commit(0, 1), commit(0, 1, 1), commit(1, 1, 2), commit(2, 1, 0), withShares(commit(0), shares))) {
            assertThat(make.protocol().refuteDecision(make.setups[0], decided(a, bad)))
                    .as("%s", bad.signers())
                    .isNotNull();
        }
    }

    @Test
    void refutes_a_commit_certificate_of_another_kind_height_round_or_block() {
        VoteCertificate good = commit(0, 1, 2);
        for (VoteCertificate bad : List.of(
                polka,
                make.certificate(VoteKind.PRECOMMIT, 2, 0, a.id(), 0, 1, 2),
                make.certificate(VoteKind.PRECOMMIT, 1, 0, b.id(), 0, 1, 2),
                make.certificate(VoteKind.PRECOMMIT, 1, 0, TendermintMessage.NIL, 0, 1, 2),
                new VoteCertificate(VoteKind.PRECOMMIT, 1, 3, a.id(), good.shares()),
                new VoteCertificate(VoteKind.PRECOMMIT, 1, 0, a.id(), polka.shares()))) {
            assertThat(make.protocol().refuteDecision(make.setups[0], decided(a, bad)))
                    .as("%s", bad)
                    .isNotNull();
        }
        VoteCertificate early = make.certificate(VoteKind.PRECOMMIT, 1, 0, b.id(), 0, 1, 2);
        assertThat(make.protocol().refuteDecision(make.setups[0], decided(b, early)))
                .contains("do not decide");
    }

    @Test
    void hazard_10_refutes_a_decision_at_the_maximum_height() {
        for (long height : new long[] {0, TendermintMessage.MAX_HEIGHT, Long.MAX_VALUE}) {
            Block far = make.block(height, BlockId.GENESIS, v(0), 0, payload(1));
            VoteCertificate votes = make.certificate(VoteKind.PRECOMMIT, height, 0, far.id(), 0, 1, 2);
            assertThat(make.protocol().refuteDecision(make.setups[0], decided(far, votes)))
                    .isNotNull();
        }
    }

    @Test
    void refutes_a_decision_whose_block_is_not_the_certificate_s() {
        DecidedBlock good = decided(a, commit(0, 1, 2));
        for (DecidedBlock bad : List.of(
                new DecidedBlock(2, good.id(), good.parent(), v(0), good.view(), good.payload(), good.certificate()),
                new DecidedBlock(1, b.id(), good.parent(), v(0), good.view(), good.payload(), good.certificate()),
                new DecidedBlock(1, good.id(), b.id(), v(0), good.view(), good.payload(), good.certificate()),
                new DecidedBlock(1, good.id(), good.parent(), v(1), good.view(), good.payload(), good.certificate()),
                new DecidedBlock(
                        1, good.id(), good.parent(), v(0), good.view() + 1, good.payload(), good.certificate()),
                new DecidedBlock(1, good.id(), good.parent(), v(0), good.view(), payload(8), good.certificate()),
                new DecidedBlock(1, good.id(), good.parent(), v(0), good.view(), good.payload(), java.util.Set::of))) {
            assertThat(make.protocol().refuteDecision(make.setups[0], bad)).isNotNull();
        }
    }

    // Evidence

    @Test
    void two_statements_for_one_slot_convict_and_nothing_else_does() {
        Vote forA = make.prevote(2, 0, a.id());
        assertThat(convicts(2, forA, make.prevote(2, 0, b.id()))).isTrue();
        assertThat(convicts(2, forA, make.prevote(2, 0, TendermintMessage.NIL))).isTrue();
        assertThat(convicts(2, forA, forA)).isFalse();
        assertThat(convicts(2, forA, make.prevote(2, 1, b.id()))).isFalse();
        assertThat(convicts(2, forA, make.precommit(2, 0, b.id()))).isFalse();
        assertThat(convicts(2, forA, make.prevote(1, 0, b.id()))).isFalse();
        assertThat(convicts(1, forA, make.prevote(2, 0, b.id()))).isFalse();
        assertThat(convicts(4, forA, make.prevote(2, 0, b.id()))).isFalse();
    }

    private boolean convicts(int culprit, Vote first, Vote second) {
        return make.protocol()
                .convicts(make.setups[0], new Evidence(v(culprit), "two prevotes", signed(first), signed(second)));
    }

    private SignedStatement signed(Vote vote) {
        return new SignedStatement(
                make.statements.vote(vote.kind(), vote.height(), vote.round(), vote.block()), vote.signature());
    }
}
