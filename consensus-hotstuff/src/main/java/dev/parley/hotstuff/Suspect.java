package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;

/**
 * A validator held to have failed as a leader; election passes it over for a while.
 *
 * @param view the last failed view
 * @param failures how often it has failed lately, 1 to {@link #MAX_FAILURES}: the more, the longer it is passed over
 */
public record Suspect(ValidatorId validator, long view, int failures) {
    public static final int MAX_FAILURES = 9;

    public Suspect {
        if (failures < 1 || failures > MAX_FAILURES) {
            throw new IllegalArgumentException("a suspect has failed 1 to " + MAX_FAILURES + " times, not " + failures);
        }
    }
}
