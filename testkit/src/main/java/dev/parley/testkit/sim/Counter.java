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
    LOST_DISKS,
    /** Validators that had lost their disks and take part again. */
    RECOVERIES,
    SYNCS,
    BYZANTINE_VALIDATORS,
    VIEWS_ENTERED,
    /** Views entered because others were seen ahead. */
    SKIPS,
    /** Locks that gave way to a lock on another block of the same height. */
    LOCKS_MOVED,
    /** Proposals of blocks that had been proposed before. */
    PROPOSED_AGAIN,
    TIME_OUTS,
    CERTIFICATES,
    TIMEOUT_CERTIFICATES,
    PROPOSALS,
    VOTES,
    VOTES_WITHHELD,
    FETCHES,
    /** Common coins that nobody knew before. */
    COINS,
    CATCH_UPS,
    SNAPSHOTS_FETCHED,
    SNAPSHOTS_INSTALLED,
    REFUSED,
    ACCUSATIONS,
    EVIDENCE_COMMITTED,
    REFUSED_BY_APPLICATION,
    RESTS,
    DECIDED_BLOCKS,
    DECIDED_NON_EMPTY_BLOCKS,
    COMMANDS,
    CLIENT_RETRIES,
    GOSSIPED_AGAIN
}
