package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorSet;

/** How much power a certificate takes, and how signers are counted. The interface's defaults are the law; tests break them. */
public interface QuorumRule {
    QuorumRule BY_POWER = new QuorumRule() {};

    /** For a {@link QC}: q. */
    default long votesNeeded(ValidatorSet validators) {
        return validators.quorumPower();
    }

    /** For a {@link TC}: q. */
    default long timeoutsNeeded(ValidatorSet validators) {
        return validators.quorumPower();
    }

    /** How many time-outs of the current view make a validator give it up as well: w, at least one correct validator did. */
    default long timeoutsToJoin(ValidatorSet validators) {
        return validators.weakQuorumPower();
    }

    /** Whether one validator may be counted twice; never in a sound protocol (hazard 1). */
    default boolean countsDuplicates() {
        return false;
    }
}
