package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;

/**
 * A validator that may have failed as a leader or as a collector of votes.
 *
 * @param view the last failed view that is put down to it
 * @param points how much speaks against it, 1 to {@link #MAX_POINTS}
 */
public record Suspect(ValidatorId validator, long view, int points) {
    public static final int MAX_POINTS = 99;

    public Suspect {
        if (points < 1 || points > MAX_POINTS) {
            throw new IllegalArgumentException("a suspect has 1 to " + MAX_POINTS + " points, not " + points);
        }
    }
}
