package dev.parley.testkit.sim;

import dev.parley.network.PeerMessage;

/** Makes messages late. It cannot drop one, change one, or make one up: the scheduler of the asynchronous model. */
@FunctionalInterface
public interface DelayPolicy {
    /**
     * Asked once for each message that is sent.
     *
     * @return by how much longer than its link needs it takes, in microseconds, 0 or more; one that is late may be overtaken
     */
    long late(int from, int to, PeerMessage message);
}
