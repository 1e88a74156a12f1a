package dev.parley.network;

import dev.parley.consensus.ValidatorId;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network that loses, on demand, what goes to and comes from chosen peers: for demonstrations and tests of one process among others. What
 * it loses is lost above the transport, so nothing sends it again. Thread-safe.
 */
public final class FaultyNetwork implements Network {
    private final Network network;
    private final int validators;
    private final Set<ValidatorId> cut = ConcurrentHashMap.newKeySet();

    /** @param validators how many there are */
    public FaultyNetwork(Network network, int validators) {
        this.network = network;
        this.validators = validators;
    }

    /** Loses from now on everything between this validator and the peer. */
    public void cut(ValidatorId peer) {
        cut.add(peer);
    }

    public void heal() {
        cut.clear();
    }

    /** The peers that are cut off from this validator. */
    public Set<ValidatorId> cuts() {
        return Set.copyOf(cut);
    }

    @Override
    public Link join(ValidatorId self, Inbox inbox) {
        Link link = network.join(self, new Inbox() {
            @Override
            public void deliver(ValidatorId from, PeerMessage message) {
                if (!cut.contains(from)) {
                    inbox.deliver(from, message);
                }
            }

            @Override
            public void deliverFrame(ValidatorId from, byte[] frame) {
                if (!cut.contains(from)) {
                    inbox.deliverFrame(from, frame);
                }
            }

            @Override
            public boolean isFull(ValidatorId from) {
                return inbox.isFull(from);
            }

            @Override
            public void whenRoom(ValidatorId from, Runnable then) {
                inbox.whenRoom(from, then);
            }

            @Override
            public void impersonated(String how) {
                inbox.impersonated(how);
            }
        });
        return new Link() {
            @Override
            public void send(ValidatorId to, PeerMessage message) {
                if (!cut.contains(to)) {
                    link.send(to, message);
                }
            }

            @Override
            public void broadcast(PeerMessage message) {
                if (cut.isEmpty()) {
                    link.broadcast(message);
                    return;
                }
                for (int i = 0; i < validators; i++) {
                    if (i != self.index()) {
                        send(new ValidatorId(i), message);
                    }
                }
            }

            @Override
            public void distrust(ValidatorId peer) {
                link.distrust(peer);
            }

            @Override
            public void close() {
                link.close();
            }
        };
    }
}
