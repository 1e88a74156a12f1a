package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.TendermintMessage.Proposal;
import org.jspecify.annotations.Nullable;

/** What a validator has of one round: its proposal, its votes, and which rules that fire once a round have fired. */
final class Round {
    final int number;
    final VoteSet prevotes;
    final VoteSet precommits;

    @Nullable Proposal proposal;
    /** A block of which a part came before its proposal did, at most one. */
    @Nullable BlockId early;

    boolean polkaSeen;
    boolean prevoteTimeoutStarted;
    boolean precommitTimeoutStarted;

    Round(int number, ValidatorSet validators) {
        this.number = number;
        this.prevotes = new VoteSet(validators);
        this.precommits = new VoteSet(validators);
    }

    VoteSet votes(VoteKind kind) {
        return kind == VoteKind.PREVOTE ? prevotes : precommits;
    }
}
