package dev.parley.testkit.sim;

/** What happened in a run, counted, so that a campaign can say that it tried what it claims to try. */
public enum Counter {
    MESSAGES,
    DROPPED,
    DUPLICATED,
    CUT_BY_PARTITION,
    PARTITIONS,
    ONE_WAY_PARTITIONS,
    CRASHES,
    CRASHES_THAT_LOST_WRITES,
    RESTARTS,
    SYNCS,
    BYZANTINE_VALIDATORS,
    VIEWS_ENTERED,
    TIME_OUTS,
    CERTIFICATES,
    TIMEOUT_CERTIFICATES,
    PROPOSALS,
    VOTES,
    VOTES_WITHHELD,
    FETCHES,
    CATCH_UPS,
    REFUSED,
    ACCUSATIONS,
    RESTS,
    DECIDED_BLOCKS,
    DECIDED_NON_EMPTY_BLOCKS,
    COMMANDS,
    CLIENT_RETRIES,
    GOSSIPED_AGAIN
}
