package dev.parley.testkit.sim;

import dev.parley.consensus.DecidedBlock;
import dev.parley.network.PeerMessage;

/** Is told what a measured cluster costs. Must not call the cluster back. */
public interface Meter {
    /**
     * A validator sends a message, which its way out may still have to wait for; to one that is down as well, since the sender cannot know.
     *
     * @param bytes in the form that goes over a wire, without what the transport adds
     */
    void sent(int from, int to, PeerMessage message, int bytes);

    /** A validator's log has its next block, durable. */
    void decided(long micros, int validator, DecidedBlock block);
}
