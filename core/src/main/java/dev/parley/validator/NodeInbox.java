package dev.parley.validator;

import dev.parley.consensus.ValidatorId;
import dev.parley.network.Network;
import dev.parley.network.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where messages arrive, whichever incarnation of the actors is there. Between two of them there is no room: a network that can hold messages
 * back does, and what comes all the same is lost. Thread-safe.
 */
final class NodeInbox implements Network.Inbox {
    private final Consumer<String> impersonated;
    private volatile @Nullable PeerGate gate;

    /** Whom to tell, by peer, once there is a gate. */
    private final Map<ValidatorId, Runnable> waiting = new TreeMap<>();

    /** @param impersonated is told how another process was noticed that has this validator's key */
    NodeInbox(Consumer<String> impersonated) {
        this.impersonated = impersonated;
    }

    /** From now on messages go there, or nowhere. Whoever waits for room at the gate before asks anew: that one will serve nobody. */
    void replace(@Nullable PeerGate next) {
        List<Runnable> told = new ArrayList<>();
        synchronized (this) {
            PeerGate former = gate;
            gate = next;
            if (former != null) {
                told.addAll(former.takeAllThatWait());
            }
            if (next != null) {
                told.addAll(waiting.values());
                waiting.clear();
            }
        }
        told.forEach(Runnable::run);
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
        return at == null || at.isFull(from);
    }

    @Override
    public void whenRoom(ValidatorId from, Runnable then) {
        synchronized (this) {
            PeerGate at = gate;
            if (at == null) {
                waiting.put(from, then);
                return;
            }
            if (!at.hasRoomOrTells(from, then)) {
                return;
            }
        }
        then.run();
    }

    @Override
    public void impersonated(String how) {
        impersonated.accept(how);
    }
}
