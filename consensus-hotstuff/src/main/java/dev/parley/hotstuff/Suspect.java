package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;

/**
 * A validator that may have failed as a leader or as a collector of votes.
 *
 * @param view the last failed view that is put down to it
 * @param points how much speaks against it, 1 to {@link #MAX_POINTS}
 * @param lately how much of that comes from the trouble of which {@code view} is part, 1 to {@code points}
 */
public record Suspect(ValidatorId validator, long view, int points, int lately) {
    public static final int MAX_POINTS = 99;

    public Suspect {
        if (points < 1 || points > MAX_POINTS || lately < 1 || lately > points) {
            throw new IllegalArgumentException(
                    "a suspect has 1 to " + MAX_POINTS + " points, not " + points + ", " + lately + " of them lately");
        }
    }
}
