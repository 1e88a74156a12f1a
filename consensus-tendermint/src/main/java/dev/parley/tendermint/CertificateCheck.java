package dev.parley.tendermint;

import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.FoundGood;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignatureScheme;
import org.jspecify.annotations.Nullable;

/**
 * Checks vote certificates: distinct signers of the set, power, each signature. Those found good are remembered for a
 * while. Thread-safe.
 */
final class CertificateCheck {
    private static final int REMEMBERED = 64;

    private final ValidatorSet validators;
    private final SignatureScheme scheme;
    private final TendermintStatements statements;
    private final TendermintRules rules;
    private final FoundGood<VoteCertificate> good = new FoundGood<>(REMEMBERED);

    CertificateCheck(ConsensusSetup setup, TendermintRules rules) {
        this.validators = setup.validators();
        this.scheme = setup.scheme();
        this.statements = new TendermintStatements(setup.domain());
        this.rules = rules;
    }

    /** @return null if the certificate is valid and for a block, else why not */
    @Nullable String refuse(VoteCertificate certificate) {
        if (isOutOfRange(certificate.height(), certificate.round())
                || certificate.block().equals(TendermintMessage.NIL)) {
            return "no such certificate: " + certificate;
        }
        if (!rules.verifiesCertificates() || good.contains(certificate)) {
            return null;
        }
        long power = 0;
        int last = -1;
        for (Share share : certificate.shares()) {
            ValidatorId signer = share.signer();
            if (!validators.contains(signer)) {
                return signer + " is not of the validator set";
            }
            if (signer.index() <= last && !rules.countsDuplicates()) {
                return signer + " is not above the signer before it";
            }
            last = signer.index();
            power += validators.power(signer);
        }
        long needed = rules.quorum(validators, certificate.kind());
        if (power < needed) {
            return certificate + " have power " + power + " of " + needed;
        }
        byte[] statement =
                statements.vote(certificate.kind(), certificate.height(), certificate.round(), certificate.block());
        for (Share share : certificate.shares()) {
            if (!isSigned(share.signer(), statement, share.signature())) {
                return "the signature of " + share.signer() + " in " + certificate + " is wrong";
            }
        }
        good.add(certificate);
        return null;
    }

    boolean isSigned(ValidatorId signer, byte[] statement, Signature signature) {
        return scheme.verify(validators.key(signer), statement, signature);
    }

    static boolean isOutOfRange(long height, int round) {
        return height < 1
                || height >= TendermintMessage.MAX_HEIGHT
                || round < 0
                || round >= TendermintMessage.MAX_ROUND;
    }
}
