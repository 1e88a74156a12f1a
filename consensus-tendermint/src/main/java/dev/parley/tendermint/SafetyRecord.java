package dev.parley.tendermint;

import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import org.jspecify.annotations.Nullable;

/**
 * All that keeps a validator from contradicting itself, as it was when it last signed. What is recorded here is what is sent again
 * after a restart. Immutable.
 *
 * @param height that was being decided
 * @param round the highest in which anything was signed
 * @param proposal what this validator proposed in the round, without its payload; null if nothing
 * @param prevote what it prevoted in the round, null if it did not
 * @param precommit what it precommitted in the round, null if it did not
 * @param lock lockedRound and lockedValue
 * @param valid validRound and validValue
 * @param polka the prevotes for validValue in validRound, null if there is none
 */
public record SafetyRecord(
        long height,
        int round,
        @Nullable Proposal proposal,
        @Nullable Vote prevote,
        @Nullable Vote precommit,
        Lock lock,
        Lock valid,
        @Nullable VoteCertificate polka)
        implements TendermintRecord {
    static SafetyRecord atHeight(long height) {
        return new SafetyRecord(height, 0, null, null, null, Lock.NONE, Lock.NONE, null);
    }

    Step step() {
        if (precommit != null) {
            return Step.PRECOMMIT;
        }
        return prevote != null ? Step.PREVOTE : Step.PROPOSE;
    }

    SafetyRecord inRound(int newRound) {
        return new SafetyRecord(height, newRound, null, null, null, lock, valid, polka);
    }

    SafetyRecord withProposal(Proposal signed) {
        return new SafetyRecord(height, round, signed, prevote, precommit, lock, valid, polka);
    }

    SafetyRecord withPrevote(Vote signed) {
        return new SafetyRecord(height, round, proposal, signed, precommit, lock, valid, polka);
    }

    SafetyRecord withPrecommit(Vote signed) {
        return new SafetyRecord(height, round, proposal, prevote, signed, lock, valid, polka);
    }

    SafetyRecord withLock(Lock other) {
        return new SafetyRecord(height, round, proposal, prevote, precommit, other, valid, polka);
    }

    SafetyRecord withValid(Lock other, VoteCertificate proof) {
        return new SafetyRecord(height, round, proposal, prevote, precommit, lock, other, proof);
    }
}
