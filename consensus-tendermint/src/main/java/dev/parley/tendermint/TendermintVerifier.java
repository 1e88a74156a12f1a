package dev.parley.tendermint;

import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Part;
import dev.parley.tendermint.TendermintMessage.Polka;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Summary;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintMessage.Votes;
import org.jspecify.annotations.Nullable;

/** All that can be checked of a message without state, the cheap before the dear. Thread-safe. */
final class TendermintVerifier implements MessageVerifier {
    private final ValidatorSet validators;
    private final TendermintStatements statements;
    private final TendermintRules rules;
    private final int partBytes;
    private final CertificateCheck certificates;

    TendermintVerifier(ConsensusSetup setup, TendermintSettings settings, TendermintRules rules) {
        this.validators = setup.validators();
        this.statements = new TendermintStatements(setup.domain());
        this.rules = rules;
        this.partBytes = settings.partBytes();
        this.certificates = new CertificateCheck(setup, rules);
    }

    @Override
    public @Nullable Refusal verify(ValidatorId from, ConsensusMessage message) {
        if (!validators.contains(from)) {
            return new Refusal(from, Reason.FOREIGN_SENDER, "not of the validator set");
        }
        if (!(message instanceof TendermintMessage ours)) {
            return new Refusal(from, Reason.MALFORMED, "not a message of Tendermint");
        }
        if (CertificateCheck.isOutOfRange(ours.height(), 0)) {
            return malformed(from, "height " + ours.height() + " is not 1 to " + (TendermintMessage.MAX_HEIGHT - 1));
        }
        return switch (ours) {
            case Proposal proposal -> verifyProposal(from, proposal);
            case Part part -> {
                String flaw = flawOf(part.header());
                flaw = flaw == null ? Parts.refute(part, partBytes) : flaw;
                yield flaw == null ? null : malformed(from, flaw);
            }
            case Vote vote ->
                vote.voter().equals(from)
                        ? verifyVote(from, vote)
                        : new Refusal(from, Reason.FOREIGN_SENDER, "a " + vote.kind() + " of " + vote.voter());
            case Votes votes -> verifyVotes(from, votes);
            case Summary summary ->
                summary.round() >= TendermintMessage.MAX_ROUND
                                || summary.prevotes().size() != validators.size()
                                || summary.precommits().size() != validators.size()
                        ? malformed(
                                from,
                                "a summary of round " + summary.round() + " for "
                                        + summary.prevotes().size() + " and "
                                        + summary.precommits().size() + " validators")
                        : null;
            case Polka(VoteCertificate prevotes) -> {
                String flaw = prevotes.kind() == VoteKind.PREVOTE
                        ? certificates.refuse(prevotes)
                        : prevotes + " are no polka";
                yield flaw == null ? null : new Refusal(from, Reason.BAD_CERTIFICATE, flaw);
            }
            case BlockRequest request ->
                request.block().equals(TendermintMessage.NIL) ? malformed(from, "a request for nil") : null;
            case BlockResponse response -> {
                Block block = response.block();
                String flaw = flawOf(block.header());
                if (flaw == null
                        && (Parts.count(block.header().payloadBytes(), partBytes) != 1
                                || !Parts.commits(block.header(), block.payload(), partBytes))) {
                    flaw = "the payload is not the one of " + block.header();
                }
                yield flaw == null ? null : malformed(from, flaw);
            }
        };
    }

    private @Nullable Refusal verifyProposal(ValidatorId from, Proposal proposal) {
        Header header = proposal.header();
        String flaw = flawOf(header);
        if (flaw != null) {
            return malformed(from, flaw);
        }
        if (CertificateCheck.isOutOfRange(header.height(), proposal.round())) {
            return malformed(from, "a proposal of round " + proposal.round());
        }
        if (!validators.contains(proposal.proposer())) {
            return new Refusal(from, Reason.FOREIGN_SENDER, "a proposal of " + proposal.proposer());
        }
        int validRound = proposal.validRound();
        if (!rules.admitsValidRound(validRound, proposal.round())) {
            return new Refusal(from, Reason.UNJUSTIFIED, "validRound " + validRound + " in round " + proposal.round());
        }
        boolean fresh = validRound == -1;
        if (fresh
                ? header.round() != proposal.round() || !header.proposer().equals(proposal.proposer())
                : header.round() > validRound) {
            return malformed(from, header + " proposed in round " + proposal.round() + " by " + proposal.proposer());
        }
        VoteCertificate polka = proposal.polka();
        if (fresh != (polka == null)
                || (polka != null
                        && (polka.kind() != VoteKind.PREVOTE
                                || polka.height() != header.height()
                                || polka.round() != validRound
                                || !polka.block().equals(header.id())))) {
            return new Refusal(from, Reason.UNJUSTIFIED, "validRound " + validRound + " with " + polka);
        }
        boolean inParts = Parts.count(header.payloadBytes(), partBytes) > 1;
        if (inParts != (proposal.payload() == null)) {
            return malformed(from, "a payload of " + header.payloadBytes() + " bytes in the wrong form");
        }
        if (proposal.payload() != null && !Parts.commits(header, proposal.payload(), partBytes)) {
            return malformed(from, "the payload is not the one of " + header);
        }
        byte[] statement = statements.proposal(header.height(), proposal.round(), validRound, header.id());
        if (!certificates.isSigned(proposal.proposer(), statement, proposal.signature())) {
            return new Refusal(from, Reason.BAD_SIGNATURE, "a proposal that " + proposal.proposer() + " did not sign");
        }
        String refusal = polka == null ? null : certificates.refuse(polka);
        return refusal == null ? null : new Refusal(from, Reason.BAD_CERTIFICATE, refusal);
    }

    private @Nullable Refusal verifyVotes(ValidatorId from, Votes votes) {
        if (votes.votes().size() > 4 * validators.size()) {
            return malformed(from, votes.votes().size() + " votes at once");
        }
        Vote last = null;
        for (Vote vote : votes.votes()) {
            if (vote.height() != votes.height() || (last != null && Votes.ORDER.compare(last, vote) >= 0)) {
                return malformed(from, "votes out of order or of another height");
            }
            last = vote;
        }
        for (Vote vote : votes.votes()) {
            Refusal refusal = verifyVote(from, vote);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private @Nullable Refusal verifyVote(ValidatorId from, Vote vote) {
        if (CertificateCheck.isOutOfRange(vote.height(), vote.round())) {
            return malformed(from, "a vote of round " + vote.round());
        }
        if (!validators.contains(vote.voter())) {
            return new Refusal(from, Reason.FOREIGN_SENDER, "a vote of " + vote.voter());
        }
        byte[] statement = statements.vote(vote.kind(), vote.height(), vote.round(), vote.block());
        return certificates.isSigned(vote.voter(), statement, vote.signature())
                ? null
                : new Refusal(
                        from, Reason.BAD_SIGNATURE, "a " + vote.kind() + " that " + vote.voter() + " did not sign");
    }

    private @Nullable String flawOf(Header header) {
        if (CertificateCheck.isOutOfRange(header.height(), header.round())
                || Parts.count(header.payloadBytes(), partBytes) > Bits.MAX_SIZE) {
            return "no such block: " + header;
        }
        return validators.contains(header.proposer()) ? null : header.proposer() + " is not of the validator set";
    }

    private static Refusal malformed(ValidatorId from, String what) {
        return new Refusal(from, Reason.MALFORMED, what);
    }
}
