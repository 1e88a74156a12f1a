package dev.parley.tendermint;

import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Outbox;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.SignedStatement;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.BitSet;

/** Makes evidence: once for each validator and kind of offence, since one proof convicts and more would only fill the disk. */
final class Accuser {
    private final TendermintStatements statements;
    private final TendermintRules rules;
    private final Outbox outbox;
    private final BitSet ofProposals = new BitSet();
    private final BitSet ofPrevotes = new BitSet();
    private final BitSet ofPrecommits = new BitSet();

    Accuser(TendermintStatements statements, TendermintRules rules, Outbox outbox) {
        this.statements = statements;
        this.rules = rules;
        this.outbox = outbox;
    }

    /** @param from who passed on the second one */
    void twoProposals(ValidatorId from, Proposal first, Proposal second) {
        accuse(
                ofProposals,
                from,
                second.proposer(),
                "two proposals in round " + second.round() + " of height " + second.height(),
                signed(first),
                signed(second));
    }

    /** @param from who passed on the second one */
    void twoVotes(ValidatorId from, Vote first, Vote second) {
        accuse(
                second.kind() == VoteKind.PREVOTE ? ofPrevotes : ofPrecommits,
                from,
                second.voter(),
                "two " + second.kind() + "s in round " + second.round() + " of height " + second.height(),
                signed(first),
                signed(second));
    }

    private SignedStatement signed(Proposal proposal) {
        return new SignedStatement(
                statements.proposal(proposal.height(), proposal.round(), proposal.validRound(), proposal.block()),
                proposal.signature());
    }

    private SignedStatement signed(Vote vote) {
        return new SignedStatement(
                statements.vote(vote.kind(), vote.height(), vote.round(), vote.block()), vote.signature());
    }

    private void accuse(
            BitSet accused,
            ValidatorId from,
            ValidatorId culprit,
            String offence,
            SignedStatement first,
            SignedStatement second) {
        if (!accused.get(culprit.index())) {
            accused.set(culprit.index());
            outbox.add(new Effect.Accuse(rules.accuse(new Evidence(culprit, offence, first, second), from)));
        }
    }
}
