package dev.parley.hotstuff;

import static dev.parley.hotstuff.Fixture.v;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.crypto.Digest;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.BlockRequest;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** One test for each way in which hazards.md says that certificates were believed and should not have been. */
class HotStuffVerifierTest {
    private final TestCluster cluster = TestCluster.of(4);
    private final Fixture make = new Fixture(cluster);
    private final MessageVerifier verifier = cluster.protocol.createVerifier(cluster.setups[0]);
    private final Block first = make.block(Header.GENESIS, QC.GENESIS, 1, 0, List.of());
    private final Block second = make.block(first.header(), make.qc(first), 2, 1, List.of());
    private final BlockId someBlock = new BlockId(new Digest(1, 2, 3, 4));

    private void assertRefused(HotStuffMessage message, int from, Reason reason) {
        Refusal refusal = Objects.requireNonNull(verifier.verify(v(from), message), "not refused");
        assertThat(refusal.reason()).as(refusal.detail()).isEqualTo(reason);
    }

    @Test
    void accepts_what_correct_validators_send() {
        assertThat(verifier.verify(v(0), make.proposal(first, null))).isNull();
        assertThat(verifier.verify(v(3), make.proposal(second, null))).isNull();
        assertThat(verifier.verify(v(2), make.vote(2, 1, first.id()))).isNull();
        assertThat(verifier.verify(v(2), make.timeout(2, 2, make.qc(first), null)))
                .isNull();
        TC tc = make.tc(2, make.qc(first), 1, 2, 3);
        assertThat(verifier.verify(v(2), make.timeout(2, 3, make.qc(first), tc)))
                .isNull();
        assertThat(verifier.verify(v(2), new Advance(make.qc(first), tc))).isNull();
        assertThat(verifier.verify(v(2), new BlockResponse(second.id(), List.of(second, first))))
                .isNull();
    }

    @Test
    void hazard_1_refuses_a_certificate_with_one_signer_twice() {
        assertRefused(new Advance(make.qc(1, first.id(), 0, 1, 1), null), 1, Reason.BAD_CERTIFICATE);
        assertRefused(new Advance(make.qc(1, first.id(), 1, 0, 2), null), 1, Reason.BAD_CERTIFICATE);
        assertRefused(new Advance(QC.GENESIS, make.tc(1, QC.GENESIS, 1, 1, 2)), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void hazard_1_refuses_a_certificate_below_the_quorum() {
        assertRefused(new Advance(make.qc(1, first.id(), 0, 1), null), 1, Reason.BAD_CERTIFICATE);
        assertRefused(new Advance(QC.GENESIS, make.tc(1, QC.GENESIS, 1, 2)), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void hazard_2_refuses_a_qc_carried_over_to_another_view() {
        QC qc = make.qc(first);
        assertRefused(new Advance(new QC(7, qc.block(), qc.shares()), null), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void hazard_3_accepts_the_genesis_qc_in_view_0_alone() {
        assertThat(verifier.verify(v(1), new Advance(QC.GENESIS, null))).isNull();
        assertRefused(new Advance(new QC(5, BlockId.GENESIS, List.of()), null), 1, Reason.BAD_CERTIFICATE);
        assertRefused(new Advance(new QC(0, someBlock, List.of()), null), 1, Reason.BAD_CERTIFICATE);
        assertRefused(make.vote(1, 1, BlockId.GENESIS), 1, Reason.MALFORMED);
    }

    @Test
    void hazard_4_refuses_bad_certificates_inside_good_messages() {
        QC forged = make.qc(1, first.id(), 1, 2);
        Block onForged = make.block(first.header(), forged, 2, 1, List.of());
        assertRefused(make.proposal(onForged, null), 1, Reason.BAD_CERTIFICATE);
        assertRefused(make.timeout(2, 2, forged, null), 2, Reason.BAD_CERTIFICATE);
        assertRefused(new BlockResponse(onForged.id(), List.of(onForged)), 2, Reason.BAD_CERTIFICATE);
        assertRefused(new Advance(QC.GENESIS, make.tc(2, forged, 0, 1, 2)), 2, Reason.BAD_CERTIFICATE);
        assertRefused(make.timeout(2, 3, QC.GENESIS, make.tc(2, forged, 0, 1, 2)), 2, Reason.BAD_CERTIFICATE);
    }

    @Test
    void hazard_5_refuses_a_tc_whose_qc_is_older_than_what_was_reported() {
        TC honest = make.tc(2, make.qc(first), 0, 1, 2);
        TC lying = new TC(2, honest.reports(), QC.GENESIS);
        assertRefused(new Advance(QC.GENESIS, lying), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void refuses_views_without_a_certificate_of_the_view_before() {
        Block skipping = make.block(first.header(), make.qc(first), 5, 1, List.of());
        assertRefused(make.proposal(skipping, null), 1, Reason.UNJUSTIFIED);
        assertRefused(make.proposal(skipping, make.tc(3, make.qc(first), 0, 1, 2)), 1, Reason.UNJUSTIFIED);
        assertRefused(make.timeout(1, 9, make.qc(first), null), 1, Reason.UNJUSTIFIED);
    }

    @Test
    void hazard_10_refuses_views_that_could_overflow() {
        for (long view : new long[] {HotStuffMessage.MAX_VIEW, Long.MAX_VALUE, -1, 0, Long.MIN_VALUE}) {
            assertRefused(make.vote(1, view, someBlock), 1, Reason.MALFORMED);
            assertRefused(make.timeout(1, view, QC.GENESIS, null), 1, Reason.MALFORMED);
        }
        assertRefused(new Advance(make.qc(Long.MAX_VALUE, someBlock, 0, 1, 2), null), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void refuses_what_others_are_said_to_have_signed() {
        assertRefused(make.vote(2, 1, first.id()), 1, Reason.FOREIGN_SENDER);
        assertRefused(make.timeout(2, 1, QC.GENESIS, null), 1, Reason.FOREIGN_SENDER);
        assertRefused(make.proposal(first, null, 3), 3, Reason.BAD_SIGNATURE);
        assertRefused(new Advance(QC.GENESIS, null), 4, Reason.FOREIGN_SENDER);
    }

    @Test
    void hazard_4_refuses_a_certificate_unless_every_signature_of_a_tc_is_right() {
        TC good = make.tc(2, make.qc(first), 0, 1, 2);
        List<TC.Report> reports = new ArrayList<>(good.reports());
        reports.set(2, new TC.Report(v(2), 1, reports.get(1).signature()));
        assertRefused(new Advance(QC.GENESIS, new TC(2, reports, make.qc(first))), 1, Reason.BAD_CERTIFICATE);
        assertRefused(new Advance(QC.GENESIS, new TC(3, good.reports(), make.qc(first))), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void refuses_a_tc_that_reports_a_qc_of_its_own_view_or_above() {
        assertRefused(new Advance(QC.GENESIS, make.tc(1, make.qc(first), 0, 1, 2)), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void hazard_10_refuses_a_tc_whose_view_could_overflow() {
        TC far = make.tc(HotStuffMessage.MAX_VIEW + 1, QC.GENESIS, 0, 1, 2);
        assertRefused(new Advance(QC.GENESIS, far), 1, Reason.BAD_CERTIFICATE);
    }

    @Test
    void refuses_two_reasons_for_one_view() {
        TC tc = make.tc(1, QC.GENESIS, 0, 1, 2);
        assertRefused(make.proposal(second, tc), 1, Reason.UNJUSTIFIED);
        assertRefused(make.timeout(1, 2, make.qc(first), tc), 1, Reason.UNJUSTIFIED);
        assertRefused(make.timeout(1, 2, make.qc(second), tc), 1, Reason.UNJUSTIFIED);
        assertRefused(new Advance(make.qc(first), tc), 1, Reason.MALFORMED);
    }

    @Test
    void refuses_votes_and_time_outs_with_a_foreign_signature() {
        Vote vote = make.vote(1, 1, first.id());
        assertRefused(new Vote(2, first.id(), v(1), vote.signature()), 1, Reason.BAD_SIGNATURE);
        assertRefused(new Vote(1, second.id(), v(1), vote.signature()), 1, Reason.BAD_SIGNATURE);
        Timeout timeout = make.timeout(1, 1, QC.GENESIS, null);
        assertRefused(new Timeout(2, make.qc(first), null, v(1), timeout.signature()), 1, Reason.BAD_SIGNATURE);
    }

    @Test
    void refuses_blocks_that_no_correct_leader_makes() {
        QC qc = make.qc(first);
        List<Suspect> five = Collections.nCopies(5, new Suspect(v(1), 1, 1, 1));
        for (Block impossible : List.of(
                new Block(0, 2, v(1), qc, List.of(), Fixture.payload(1)),
                new Block(3, 2, v(1), qc, List.of(), Fixture.payload(1)),
                new Block(1, 1, v(1), qc, List.of(), Fixture.payload(1)),
                new Block(2, 2, v(4), qc, List.of(), Fixture.payload(1)),
                new Block(2, 2, v(1), qc, five, Fixture.payload(1)))) {
            assertRefused(make.proposal(impossible, null, 1), 1, Reason.MALFORMED);
            assertRefused(new BlockResponse(impossible.id(), List.of(impossible)), 1, Reason.MALFORMED);
        }
    }

    @Test
    void refuses_requests_and_responses_out_of_bounds() {
        assertRefused(new BlockRequest(someBlock, 0), 1, Reason.MALFORMED);
        assertRefused(new BlockRequest(someBlock, 17), 1, Reason.MALFORMED);
        assertRefused(new BlockResponse(someBlock, List.of(first)), 1, Reason.MALFORMED);
        assertRefused(new BlockResponse(first.id(), List.of(first, second)), 1, Reason.MALFORMED);
    }

    @Test
    void counts_power_and_not_heads_with_six_validators() {
        TestCluster six = TestCluster.of(6);
        Fixture of6 = new Fixture(six);
        MessageVerifier strict = six.protocol.createVerifier(six.setups[0]);
        assertThat(strict.verify(v(1), new Advance(of6.qc(1, someBlock, 0, 1, 2, 3), null)))
                .isNotNull();
        assertThat(strict.verify(v(1), new Advance(of6.qc(1, someBlock, 0, 1, 2, 3, 4), null)))
                .isNull();
    }
}
