package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The conditions in Algorithm 1's upon-rules, one question each. The interface's defaults are the law and {@link #PAPER} is nothing
 * else; tests override one to see that its absence is noticed. Implementations are immutable.
 */
public interface TendermintRules {
    TendermintRules PAPER = new TendermintRules() {};

    /** What is about to be sent. */
    enum Occasion {
        PROPOSAL,
        PREVOTE,
        PRECOMMIT
    }

    /** Lines 28, 34, 36, 44, 47, 49: the power that a quorum takes, q. */
    default long quorum(ValidatorSet validators, VoteKind kind) {
        return validators.quorumPower();
    }

    /** Line 55: the power seen in higher rounds that pulls a validator there, w. */
    default long quorumToSkip(ValidatorSet validators) {
        return validators.weakQuorumPower();
    }

    /** Whether one validator may be counted twice in a certificate; never in a sound protocol (hazard 1). */
    default boolean countsDuplicates() {
        return false;
    }

    /** Lines 22, 28, 36, 49: proposals count if they come from proposer(h, round). */
    default boolean mayPropose(ValidatorId who, ValidatorId proposer) {
        return who.equals(proposer);
    }

    /** Lines 15–16: a proposer that knows a valid value proposes it again. */
    default boolean proposesValidValue() {
        return true;
    }

    /** Lines 22 and 28: a fresh proposal has validRound −1, any other one from an earlier round. */
    default boolean admitsValidRound(int validRound, int round) {
        return validRound >= -1 && validRound < round;
    }

    /** Line 28: whether the prevotes of validRound, and those of any other certificate, are verified. */
    default boolean verifiesCertificates() {
        return true;
    }

    /** Lines 22 and 28: one prevote a round. */
    default boolean mayPrevote(Step step) {
        return step == Step.PROPOSE;
    }

    /** Line 23: a fresh block is prevoted if one is not locked, or locked on just that block. */
    default boolean mayPrevoteFresh(Lock lock, BlockId block) {
        return lock.round() == -1 || lock.isOn(block);
    }

    /** Line 29: a block with a polka is prevoted if that is no older than one's lock, or one is locked on just that block. */
    default boolean mayPrevoteWithPolka(Lock lock, BlockId block, int validRound) {
        return lock.round() <= validRound || lock.isOn(block);
    }

    /** Lines 38–39: what a polka in the current round locks. */
    default Lock lockOn(Lock before, BlockId block, int round) {
        return new Lock(round, block);
    }

    /** Lines 44–46: prevotes for nil leave the lock as it is. */
    default Lock lockAfterNil(Lock before) {
        return before;
    }

    /** Line 50: precommits of one round are counted together, and those of no other. */
    default boolean countsPrecommitsAcrossRounds() {
        return false;
    }

    /** Lines 21, 35, 48: how long to wait in the round. */
    default Duration timeout(TendermintSettings.Timeout timeout, int round, Duration max) {
        return timeout.of(round, max);
    }

    /** Whether what peers lack is sent to them, as the paper's gossip does. */
    default boolean answersSummaries() {
        return true;
    }

    /** Whether who precommits nil is sent the polka that it has not seen, in the same round. */
    default boolean sharesPolka() {
        return true;
    }

    /** Whether the {@link SafetyRecord} is durable before the message leaves. */
    default boolean recordsBefore(Occasion occasion) {
        return true;
    }

    /** Whether blocks that one is locked on, or holds for valid, are kept. */
    default boolean recordsBlocks() {
        return true;
    }

    /** What a restarted validator takes for its own: all that it recorded. */
    default @Nullable SafetyRecord restored(SafetyRecord recorded) {
        return recorded;
    }

    /** Whom a contradiction accuses: who signed it, whoever passed it on. */
    default Evidence accuse(Evidence evidence, ValidatorId from) {
        return evidence;
    }
}
