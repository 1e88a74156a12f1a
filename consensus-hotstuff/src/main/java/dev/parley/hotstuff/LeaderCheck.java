package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;

/** Whose proposals are looked at. */
@FunctionalInterface
public interface LeaderCheck {
    LeaderCheck LEADER_ONLY = ValidatorId::equals;

    /** @param leader whom {@link LeaderElection} names for the view, as the proposal justifies it */
    boolean mayPropose(ValidatorId proposer, ValidatorId leader);
}
