package dev.parley.honeybadger;

import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.SignatureScheme;
import dev.parley.honeybadger.HoneyBadgerMessage.Agreeing;
import dev.parley.honeybadger.HoneyBadgerMessage.Broadcasting;
import dev.parley.honeybadger.HoneyBadgerMessage.Decrypting;
import dev.parley.honeybadger.HoneyBadgerMessage.Joining;
import dev.parley.honeybadger.HoneyBadgerMessage.Vote;
import dev.parley.honeybadger.broadcast.BroadcastMessage;
import dev.parley.honeybadger.broadcast.ReliableBroadcast;
import org.jspecify.annotations.Nullable;

/**
 * All that can be checked of a message without state, the cheap before the dear. Shares of coins and for decrypting are not looked at here:
 * the core combines them unverified and looks for the culprit only if that fails. Thread-safe.
 */
final class HoneyBadgerVerifier implements MessageVerifier {
    private final ValidatorSet validators;
    private final SignatureScheme scheme;
    private final HoneyBadgerStatements statements;
    private final int maxProposalBytes;

    HoneyBadgerVerifier(ConsensusSetup setup, HoneyBadgerSettings settings) {
        this.validators = setup.validators();
        this.scheme = setup.scheme();
        this.statements = new HoneyBadgerStatements(setup.domain());
        this.maxProposalBytes = settings.maxProposalBytes();
    }

    @Override
    public @Nullable Refusal verify(ValidatorId from, ConsensusMessage message) {
        if (!validators.contains(from)) {
            return new Refusal(from, Reason.FOREIGN_SENDER, "not of the validator set");
        }
        if (!(message instanceof HoneyBadgerMessage ours)) {
            return new Refusal(from, Reason.MALFORMED, "not a message of HoneyBadgerBFT");
        }
        if (ours.epoch() < 1 || ours.epoch() >= HoneyBadgerMessage.MAX_EPOCH) {
            return malformed(from, "there is no epoch " + ours.epoch());
        }
        return switch (ours) {
            case Broadcasting broadcasting -> verifyBroadcasting(from, broadcasting);
            case Agreeing(long epoch, var step) ->
                validators.contains(step.proposer()) ? null : malformed(from, "no proposer " + step.proposer());
            case Decrypting share ->
                validators.contains(share.proposer()) ? null : malformed(from, "no proposer " + share.proposer());
            case Vote(long epoch, var block, var signature) ->
                scheme.verify(validators.key(from), statements.vote(epoch, block), signature)
                        ? null
                        : new Refusal(from, Reason.BAD_SIGNATURE, "a vote in epoch " + epoch);
            case Joining joining -> null;
        };
    }

    private @Nullable Refusal verifyBroadcasting(ValidatorId from, Broadcasting message) {
        ValidatorId proposer = message.proposer();
        if (!validators.contains(proposer)) {
            return malformed(from, "no proposer " + proposer);
        }
        if (message.step() instanceof BroadcastMessage.Val) {
            // Whose shard it must be depends on who receives it.
            return null;
        }
        String flaw = ReliableBroadcast.refute(message.step(), from.index(), validators.size(), maxProposalBytes);
        return flaw == null ? null : new Refusal(from, Reason.BAD_SHARE, flaw);
    }

    private static Refusal malformed(ValidatorId from, String what) {
        return new Refusal(from, Reason.MALFORMED, what);
    }
}
