package dev.parley.tendermint;

import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.ArrayList;
import java.util.List;
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
 * @param earlier what this validator voted in the rounds before that are still kept: others may wait there for just these votes
 */
public record SafetyRecord(
        long height,
        int round,
        @Nullable Proposal proposal,
        @Nullable Vote prevote,
        @Nullable Vote precommit,
        Lock lock,
        Lock valid,
        @Nullable VoteCertificate polka,
        List<Vote> earlier)
        implements TendermintRecord {
    /** Two votes of each round that is kept. */
    static final int MAX_EARLIER = 2 * Rounds.KEPT;

    public SafetyRecord {
        earlier = List.copyOf(earlier);
    }

    static SafetyRecord atHeight(long height) {
        return new SafetyRecord(height, 0, null, null, null, Lock.NONE, Lock.NONE, null, List.of());
    }

    Step step() {
        if (precommit != null) {
            return Step.PRECOMMIT;
        }
        return prevote != null ? Step.PREVOTE : Step.PROPOSE;
    }

    SafetyRecord inRound(int newRound) {
        if (newRound == round) {
            return this;
        }
        List<Vote> votes = new ArrayList<>(earlier);
        if (prevote != null) {
            votes.add(prevote);
        }
        if (precommit != null) {
            votes.add(precommit);
        }
        votes.removeIf(vote -> vote.round() < newRound - Rounds.KEPT);
        return new SafetyRecord(height, newRound, null, null, null, lock, valid, polka, votes);
    }

    SafetyRecord withProposal(Proposal signed) {
        return new SafetyRecord(height, round, signed, prevote, precommit, lock, valid, polka, earlier);
    }

    SafetyRecord withPrevote(Vote signed) {
        return new SafetyRecord(height, round, proposal, signed, precommit, lock, valid, polka, earlier);
    }

    SafetyRecord withPrecommit(Vote signed) {
        return new SafetyRecord(height, round, proposal, prevote, signed, lock, valid, polka, earlier);
    }

    SafetyRecord withLock(Lock other) {
        return new SafetyRecord(height, round, proposal, prevote, precommit, other, valid, polka, earlier);
    }

    SafetyRecord withValid(Lock other, VoteCertificate proof) {
        return new SafetyRecord(height, round, proposal, prevote, precommit, lock, other, proof, earlier);
    }
}
