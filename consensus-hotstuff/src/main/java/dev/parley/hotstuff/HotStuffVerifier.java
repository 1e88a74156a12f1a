package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.hotstuff.HotStuffMessage.Advance;
import dev.parley.hotstuff.HotStuffMessage.BlockRequest;
import dev.parley.hotstuff.HotStuffMessage.BlockResponse;
import dev.parley.hotstuff.HotStuffMessage.Proposal;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import dev.parley.hotstuff.HotStuffMessage.Vote;
import dev.parley.hotstuff.VerificationRule.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that can be checked of a message without state, the cheap before the dear. Thread-safe. */
final class HotStuffVerifier implements MessageVerifier {
    private final ValidatorSet validators;
    private final HotStuffStatements statements;
    private final HotStuffRules rules;
    private final CertificateCheck certificates;

    HotStuffVerifier(ConsensusSetup setup, HotStuffRules rules) {
        this.validators = setup.validators();
        this.statements = new HotStuffStatements(setup.domain());
        this.rules = rules;
        this.certificates = new CertificateCheck(setup, rules);
    }

    @Override
    public @Nullable Refusal verify(ValidatorId from, ConsensusMessage message) {
        if (!validators.contains(from)) {
            return new Refusal(from, Reason.FOREIGN_SENDER, "not of the validator set");
        }
        if (!(message instanceof HotStuffMessage ours)) {
            return new Refusal(from, Reason.MALFORMED, "not a message of HotStuff");
        }
        return switch (ours) {
            case Proposal proposal -> verifyProposal(from, proposal);
            case Vote vote -> verifyVote(from, vote);
            case Timeout timeout -> verifyTimeout(from, timeout);
            case Advance advance -> verifyCertificates(from, advance.highQc(), advance.entry());
            case BlockRequest request ->
                request.maxBlocks() < 1
                                || request.maxBlocks() > HotStuffMessage.MAX_BLOCKS
                                || request.block().equals(BlockId.GENESIS)
                        ? new Refusal(from, Reason.MALFORMED, "no such request")
                        : null;
            case BlockResponse response -> verifyResponse(from, response);
        };
    }

    private @Nullable Refusal verifyProposal(ValidatorId from, Proposal proposal) {
        Block block = proposal.block();
        String flaw = flawOf(block);
        if (flaw != null) {
            return new Refusal(from, Reason.MALFORMED, flaw);
        }
        Refusal refusal = verifyEntry(from, block.view(), block.justify(), proposal.entry());
        if (refusal != null) {
            return refusal;
        }
        if (!certificates.isSigned(
                block.proposer(), statements.proposal(block.view(), block.id()), proposal.signature())) {
            return new Refusal(from, Reason.BAD_SIGNATURE, "a proposal that " + block.proposer() + " did not sign");
        }
        return verifyNested(from, Part.JUSTIFICATION, block.justify(), proposal.entry());
    }

    private @Nullable Refusal verifyVote(ValidatorId from, Vote vote) {
        if (!vote.voter().equals(from)) {
            return new Refusal(from, Reason.FOREIGN_SENDER, "a vote of " + vote.voter());
        }
        if (isOutOfRange(vote.view()) || vote.block().equals(BlockId.GENESIS)) {
            return new Refusal(from, Reason.MALFORMED, "a vote in view " + vote.view() + " for " + vote.block());
        }
        return certificates.isSigned(from, statements.vote(vote.view(), vote.block()), vote.signature())
                ? null
                : new Refusal(from, Reason.BAD_SIGNATURE, "a vote in view " + vote.view());
    }

    private @Nullable Refusal verifyTimeout(ValidatorId from, Timeout timeout) {
        if (!timeout.voter().equals(from)) {
            return new Refusal(from, Reason.FOREIGN_SENDER, "a time-out of " + timeout.voter());
        }
        if (isOutOfRange(timeout.view())) {
            return new Refusal(from, Reason.MALFORMED, "a time-out of view " + timeout.view());
        }
        Refusal refusal = verifyEntry(from, timeout.view(), timeout.highQc(), timeout.entry());
        if (refusal != null) {
            return refusal;
        }
        if (!certificates.isSigned(
                from, statements.timeout(timeout.view(), timeout.highQc().view()), timeout.signature())) {
            return new Refusal(from, Reason.BAD_SIGNATURE, "a time-out of view " + timeout.view());
        }
        return verifyNested(from, Part.HIGH_QC, timeout.highQc(), timeout.entry());
    }

    private @Nullable Refusal verifyCertificates(ValidatorId from, QC qc, @Nullable TC tc) {
        if (tc != null && tc.view() <= qc.view()) {
            return new Refusal(from, Reason.MALFORMED, tc + " says nothing beside " + qc);
        }
        return verifyNested(from, Part.HIGH_QC, qc, tc);
    }

    private @Nullable Refusal verifyResponse(ValidatorId from, BlockResponse response) {
        List<Block> blocks = response.blocks();
        if (blocks.size() > HotStuffMessage.MAX_BLOCKS) {
            return new Refusal(from, Reason.MALFORMED, blocks.size() + " blocks in one response");
        }
        BlockId expected = response.requested();
        for (Block block : blocks) {
            String flaw = block.id().equals(expected) ? flawOf(block) : block + " is not " + expected;
            if (flaw != null) {
                return new Refusal(from, Reason.MALFORMED, flaw);
            }
            expected = block.parent();
        }
        for (Block block : blocks) {
            Refusal refusal = verifyNested(from, Part.JUSTIFICATION, block.justify(), null);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    /** Being in a view takes a QC or a TC of the view before: exactly one of them. */
    private static @Nullable Refusal verifyEntry(ValidatorId from, long view, QC qc, @Nullable TC tc) {
        boolean byQc = qc.view() == view - 1;
        boolean byTc = tc != null && tc.view() == view - 1;
        if (byQc ? tc != null : !byTc || qc.view() >= view) {
            return new Refusal(from, Reason.UNJUSTIFIED, "view " + view + " with " + qc + " and " + tc);
        }
        return null;
    }

    private @Nullable Refusal verifyNested(ValidatorId from, Part part, QC qc, @Nullable TC tc) {
        String refusal = rules.verification().verifies(part) ? certificates.refuse(qc) : null;
        if (refusal == null && tc != null && rules.verification().verifies(Part.TIMEOUT_CERTIFICATE)) {
            refusal = certificates.refuse(tc);
        }
        return refusal == null ? null : new Refusal(from, Reason.BAD_CERTIFICATE, refusal);
    }

    private @Nullable String flawOf(Block block) {
        if (isOutOfRange(block.view())
                || block.height() < 1
                || block.height() > block.view()
                || block.justify().view() < 0
                || block.justify().view() >= block.view()
                || block.justify().view() < block.height() - 1) {
            return "no such block: " + block + " with " + block.justify();
        }
        if (!validators.contains(block.proposer())) {
            return block.proposer() + " is not of the validator set";
        }
        if (block.suspects().size() > validators.size()) {
            return block.suspects().size() + " suspects are more than there are validators";
        }
        return null;
    }

    private static boolean isOutOfRange(long view) {
        return view < 1 || view >= HotStuffMessage.MAX_VIEW;
    }
}
