package dev.parley.testkit.check;

import java.util.Arrays;

/**
 * Where validators have spoken that have lost their disks since: what {@link
 * dev.parley.consensus.ConsensusProtocol#heightsSpokenAhead} promises is that they say nothing there any more, be it the same or something
 * else.
 */
public final class Forgotten {
    private static final long NOTHING = -1;

    private final String what;
    private final long[] spoken;
    private final long[] forgotten;

    /** @param what places are: heights, views or epochs, which a validator goes through in rising order */
    public Forgotten(Trial trial, String what) {
        this.what = what;
        this.spoken = new long[trial.validators()];
        this.forgotten = new long[trial.validators()];
        Arrays.fill(spoken, NOTHING);
        Arrays.fill(forgotten, NOTHING);
    }

    /** A validator says something that counts in this place. */
    public void says(int validator, long place) {
        if (place <= forgotten[validator]) {
            throw new Violation(
                    "nothing is said where what was said is forgotten",
                    "v" + validator + " speaks in " + what + " " + place + ", and had spoken up to " + what + " "
                            + forgotten[validator] + " before its disk was lost");
        }
        spoken[validator] = Math.max(spoken[validator], place);
    }

    public void lostDisk(int validator) {
        forgotten[validator] = spoken[validator];
    }
}
