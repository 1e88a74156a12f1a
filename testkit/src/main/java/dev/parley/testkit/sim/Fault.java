package dev.parley.testkit.sim;

/** What can go wrong in a run. Each has its own random stream, so that a run without one of them is otherwise the same run. */
public enum Fault {
    /** Delays that differ and have a long tail; without it every message takes the same time. */
    DELAY,
    LOSS,
    DUPLICATION,
    /** Links that do not keep order. */
    REORDERING,
    /** Groups that cannot reach each other for a while. */
    PARTITION,
    /** One direction of a link, or all that one validator says, is lost for a while. */
    ONE_WAY_PARTITION,
    /** A process ends and comes back with what its disk had made durable. */
    CRASH,
    /** A crash takes the whole disk with it: the validator has forgotten what it signed, and comes back to follow until that binds no more. */
    LOST_DISK,
    /** Syncs that take long. */
    SLOW_DISK,
    /** Clocks that are off, and run too fast or too slow, within bounds. */
    CLOCK_SKEW,
    /** Logs that are pruned so soon that who was away must go on from a snapshot. */
    PRUNING,
    /** At most f validators that do not keep to the protocol. */
    BYZANTINE
}
