package dev.parley.validator;

import dev.parley.consensus.ValidatorId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import org.jspecify.annotations.Nullable;

/** Where messages arrive, whichever incarnation of the actors is there; between two of them they are lost. Thread-safe. */
final class NodeInbox implements Network.Inbox {
    private volatile @Nullable PeerGate gate;

    /** From now on messages go there, or nowhere. Whoever waits for room at the gate before is told: it will serve nobody. */
    synchronized void replace(@Nullable PeerGate next) {
        PeerGate former = gate;
        gate = next;
        if (former != null) {
            former.tellAllThatWait();
        }
    }

    @Override
    public void deliver(ValidatorId from, PeerMessage message) {
        PeerGate to = gate;
        if (to != null) {
            to.deliver(from, message);
        }
    }

    @Override
    public void deliverFrame(ValidatorId from, byte[] frame) {
        PeerGate to = gate;
        if (to != null) {
            to.deliverFrame(from, frame);
        }
    }

    @Override
    public boolean isFull(ValidatorId from) {
        PeerGate at = gate;
        return at != null && at.isFull(from);
    }

    @Override
    public synchronized void whenRoom(ValidatorId from, Runnable then) {
        PeerGate at = gate;
        if (at == null) {
            then.run();
        } else {
            at.whenRoom(from, then);
        }
    }
}
