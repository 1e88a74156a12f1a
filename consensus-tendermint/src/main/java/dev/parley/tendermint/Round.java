package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.TendermintMessage.Proposal;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** What a validator has of one round: its proposal, its votes, and which rules that fire once a round have fired. */
final class Round {
    final int number;
    final VoteSet prevotes;
    final VoteSet precommits;

    @Nullable Proposal proposal;
    /** A block of which a part came before its proposal did, at most one. */
    @Nullable BlockId early;

    /** Whether line 36 has fired. */
    boolean polkaSeen;

    boolean prevoteTimeoutStarted;
    boolean precommitTimeoutStarted;

    private final long height;
    private final long quorum;
    private @Nullable VoteCertificate polka;
    private final BitSet told = new BitSet();
    private boolean proposalSettled;
    private boolean polkaSettled;

    /** @param quorum of prevotes, in power */
    Round(long height, int number, ValidatorSet validators, long quorum) {
        this.height = height;
        this.number = number;
        this.quorum = quorum;
        this.prevotes = new VoteSet(validators);
        this.precommits = new VoteSet(validators);
    }

    /** The polka of this round, from votes or from a peer; null if there is none here. */
    @Nullable VoteCertificate polka() {
        if (polka == null) {
            BlockId block = prevotes.blockWith(quorum);
            if (block != null) {
                polka = prevotes.certificate(VoteKind.PREVOTE, height, number, block);
            }
        }
        return polka;
    }

    /** @param verified by which the votes of an equivocator count that its other votes keep from being counted here */
    void learn(VoteCertificate verified) {
        if (polka() == null) {
            polka = verified;
        }
    }

    /** What is here now may be sent from now on to peers that say they lack it; before, it may just be on its way to them. */
    void settle() {
        proposalSettled = proposal != null;
        polkaSettled = polka() != null;
        prevotes.settle();
        precommits.settle();
    }

    /** The proposal, if it was here at the last tick. */
    @Nullable Proposal settledProposal() {
        return proposalSettled ? proposal : null;
    }

    /** The polka, if it was here at the last tick. */
    @Nullable VoteCertificate settledPolka() {
        return polkaSettled ? polka : null;
    }

    /** @return whether the peer is now told of the polka for the first time */
    boolean toldPolka(ValidatorId peer) {
        boolean first = !told.get(peer.index());
        told.set(peer.index());
        return first;
    }

    VoteSet votes(VoteKind kind) {
        return kind == VoteKind.PREVOTE ? prevotes : precommits;
    }
}
