package dev.parley.testkit.sim;

import dev.parley.network.PeerMessage;

/**
 * Commands the network: the scheduler of the asynchronous model. It cannot lose a correct validator's message, change one or make one up;
 * in the name of Byzantine validators it may say anything ({@link SimulatedCluster#deliver}).
 */
@FunctionalInterface
public interface Scheduler {
    /** A message that the scheduler keeps, until it {@linkplain SimulatedCluster#deliver delivers} it. */
    long HELD = Long.MAX_VALUE;

    /** All messages in time. */
    Scheduler PUNCTUAL = (from, to, message) -> 0;

    /**
     * Asked once for each message that is sent.
     *
     * @return by how much longer than its link needs it takes, in microseconds, 0 or more; one that is late may be overtaken. Or {@link
     *     #HELD}
     */
    long late(int from, int to, PeerMessage message);

    /** After each thing that happened. */
    default void happened() {}

    /** What came of it so far, for transcripts: a line or several, or nothing. */
    default String report() {
        return "";
    }
}
