package dev.parley.honeybadger;

import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.threshold.ThresholdKeys;
import dev.parley.honeybadger.broadcast.BroadcastRules;
import dev.parley.honeybadger.subset.SubsetRules;

/**
 * The conditions of Figure 1 and of the sub-protocols, one question each. The interface's defaults are the law and {@link #PAPER} is nothing
 * else; tests override one to see that its absence is noticed. Implementations are immutable.
 */
public interface HoneyBadgerRules {
    HoneyBadgerRules PAPER = new HoneyBadgerRules() {};

    default BroadcastRules broadcast() {
        return BroadcastRules.PAPER;
    }

    /** With the rules of its agreements and their coins. */
    default SubsetRules subset() {
        return SubsetRules.PAPER;
    }

    /** How many decryption shares are combined, f + 1. */
    default int sharesToDecrypt(ThresholdKeys keys) {
        return keys.threshold();
    }

    /** How many votes for a block prove it, f + 1. */
    default int votesToDecide(ValidatorSet validators) {
        return (validators.size() - 1) / 3 + 1;
    }

    /** Whether a ciphertext is bound to its epoch and proposer; else a thief has another's decrypted as his own (hazard 14). */
    default boolean bindsCiphertexts() {
        return true;
    }

    /** Whether shares for decrypting wait for the subset; else who sees them first chooses what gets into it. */
    default boolean decryptsAfterAgreement() {
        return true;
    }

    /** Whether who joins an epoch is told again what was said in it. */
    default boolean answersJoining() {
        return true;
    }

    /** Epochs overlap: a validator takes part in so many beyond the one above its log, if it is only spoken to. */
    default int heightsSpokenAhead() {
        return HoneyBadgerCore.WINDOW;
    }

    /** Whether what is said is recorded first, so that a restarted validator says nothing else. */
    default boolean recordsBefore() {
        return true;
    }
}
