package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.FoundGood;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks certificates: structure, distinct signers of the set, power, each signature. Those found good are remembered for a while.
 * Thread-safe.
 */
final class CertificateCheck {
    private static final int REMEMBERED = 256;

    private final ValidatorSet validators;
    private final SignatureScheme scheme;
    private final HotStuffStatements statements;
    private final HotStuffRules rules;
    private final FoundGood<QC> goodQcs = new FoundGood<>(REMEMBERED);
    private final FoundGood<TC> goodTcs = new FoundGood<>(REMEMBERED);

    CertificateCheck(ConsensusSetup setup, HotStuffRules rules) {
        this.validators = setup.validators();
        this.scheme = setup.scheme();
        this.statements = new HotStuffStatements(setup.domain());
        this.rules = rules;
    }

    /** @return null if the QC is valid, else why not */
    @Nullable String refuse(QC qc) {
        if (qc.view() == 0) {
            return qc.equals(QC.GENESIS) ? null : "view 0 has the genesis QC alone";
        }
        if (qc.view() < 0 || qc.view() > HotStuffMessage.MAX_VIEW || qc.block().equals(BlockId.GENESIS)) {
            return "no such QC: " + qc;
        }
        if (goodQcs.contains(qc)) {
            return null;
        }
        List<Share> shares = qc.shares();
        Tally tally = new Tally();
        for (int i = 0; i < shares.size(); i++) {
            String refusal = tally.add(shares.get(i).signer());
            if (refusal != null) {
                return refusal;
            }
        }
        if (tally.power < rules.quorums().votesNeeded(validators)) {
            return qc + " has power " + tally.power + " of " + rules.quorums().votesNeeded(validators);
        }
        byte[] statement = statements.vote(qc.view(), qc.block());
        for (int i = 0; i < shares.size(); i++) {
            Share share = shares.get(i);
            if (!isSigned(share.signer(), statement, share.signature())) {
                return "the signature of " + share.signer() + " in " + qc + " is wrong";
            }
        }
        goodQcs.add(qc);
        return null;
    }

    /** @return null if the TC and the QC in it are valid, else why not */
    @Nullable String refuse(TC tc) {
        if (tc.view() < 1 || tc.view() > HotStuffMessage.MAX_VIEW) {
            return "no such TC: " + tc;
        }
        if (goodTcs.contains(tc)) {
            return null;
        }
        Tally tally = new Tally();
        for (TC.Report report : tc.reports()) {
            String refusal = tally.add(report.voter());
            if (refusal != null) {
                return refusal;
            }
            if (report.highQcView() < 0 || report.highQcView() >= tc.view()) {
                return tc + " reports a QC of view " + report.highQcView();
            }
        }
        if (tally.power < rules.quorums().timeoutsNeeded(validators)) {
            return tc + " has power " + tally.power + " of " + rules.quorums().timeoutsNeeded(validators);
        }
        if (tc.highQc().view() != tc.maxReportedView()) {
            return tc + " holds a QC of view " + tc.highQc().view() + ", not of the reported view "
                    + tc.maxReportedView();
        }
        for (TC.Report report : tc.reports()) {
            if (!isSigned(report.voter(), statements.timeout(tc.view(), report.highQcView()), report.signature())) {
                return "the signature of " + report.voter() + " in " + tc + " is wrong";
            }
        }
        if (rules.verification().verifies(VerificationRule.Part.HIGH_QC_OF_TIMEOUT_CERTIFICATE)) {
            String refusal = refuse(tc.highQc());
            if (refusal != null) {
                return refusal;
            }
        }
        goodTcs.add(tc);
        return null;
    }

    boolean isSigned(ValidatorId signer, byte[] statement, Signature signature) {
        return scheme.verify(validators.key(signer), statement, signature);
    }

    /** Adds up the power of signers that must come in rising order, which makes them distinct and the form unique. */
    private final class Tally {
        private long power;
        private int last = -1;

        @Nullable String add(ValidatorId signer) {
            if (!validators.contains(signer)) {
                return signer + " is not of the validator set";
            }
            if (signer.index() <= last && !rules.quorums().countsDuplicates()) {
                return signer + " is not above the signer before it";
            }
            last = signer.index();
            power += validators.power(signer);
            return null;
        }
    }
}
