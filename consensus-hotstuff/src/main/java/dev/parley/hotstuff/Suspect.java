package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;

/**
 * A validator held to have failed as a leader; election passes it over for a while.
 *
 * @param view the failed view, by which the suspicion expires
 */
public record Suspect(ValidatorId validator, long view) {}
