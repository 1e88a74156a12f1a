package dev.parley.hotstuff;

import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Outbox;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.SignedStatement;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;

/** Makes evidence: once for each validator and kind of offence, since one proof convicts and more would only fill the disk. */
final class Accuser {
    private final HotStuffStatements statements;
    private final EvidenceRule rule;
    private final Outbox outbox;
    private final boolean[] ofProposals;
    private final boolean[] ofVotes;
    private final boolean[] ofTimeouts;

    Accuser(int validators, HotStuffStatements statements, EvidenceRule rule, Outbox outbox) {
        this.statements = statements;
        this.rule = rule;
        this.outbox = outbox;
        this.ofProposals = new boolean[validators];
        this.ofVotes = new boolean[validators];
        this.ofTimeouts = new boolean[validators];
    }

    void twoProposals(ValidatorId from, ProposalLog.Entry first, Proposal second) {
        Block block = second.block();
        accuse(
                ofProposals,
                from,
                block.proposer(),
                "two proposals in view " + block.view(),
                new SignedStatement(statements.proposal(first.view(), first.block()), first.signature()),
                new SignedStatement(statements.proposal(block.view(), block.id()), second.signature()));
    }

    void twoVotes(ValidatorId from, Vote first, Vote second) {
        accuse(
                ofVotes,
                from,
                second.voter(),
                "two votes in view " + second.view(),
                new SignedStatement(statements.vote(first.view(), first.block()), first.signature()),
                new SignedStatement(statements.vote(second.view(), second.block()), second.signature()));
    }

    void twoTimeouts(ValidatorId from, Timeout first, Timeout second) {
        accuse(
                ofTimeouts,
                from,
                second.voter(),
                "two time-outs of view " + second.view(),
                new SignedStatement(
                        statements.timeout(first.view(), first.highQc().view()), first.signature()),
                new SignedStatement(
                        statements.timeout(second.view(), second.highQc().view()), second.signature()));
    }

    private void accuse(
            boolean[] accused,
            ValidatorId from,
            ValidatorId culprit,
            String offence,
            SignedStatement first,
            SignedStatement second) {
        if (!accused[culprit.index()]) {
            accused[culprit.index()] = true;
            outbox.add(new Effect.Accuse(rule.accuse(new Evidence(culprit, offence, first, second), from)));
        }
    }
}
