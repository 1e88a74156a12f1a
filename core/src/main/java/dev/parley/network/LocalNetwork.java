package dev.parley.network;

import dev.parley.consensus.ValidatorId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Validators in one process: messages are handed over as the immutable objects they are. Links can be cut, delayed and healed, for tests and
 * demonstrations. Thread-safe.
 */
public final class LocalNetwork implements Network {
    private record Way(ValidatorId from, ValidatorId to) {}

    /** @param lines by sender, of those whose messages were ever delayed; another incarnation has others */
    private record Joined(LocalLink link, Inbox inbox, Map<ValidatorId, DelayLine> lines) {}

    private final Map<ValidatorId, Joined> members = new ConcurrentSkipListMap<>();
    private final Set<Way> cuts = ConcurrentHashMap.newKeySet();
    private final List<Set<ValidatorId>> isolated = new CopyOnWriteArrayList<>();
    private final Map<Way, Duration> delays = new ConcurrentHashMap<>();

    @Override
    public Link join(ValidatorId self, Inbox inbox) {
        LocalLink link = new LocalLink(self);
        members.put(self, new Joined(link, inbox, new ConcurrentHashMap<>()));
        return link;
    }

    /** Loses from now on what {@code from} sends to {@code to}. */
    public void cut(ValidatorId from, ValidatorId to) {
        cuts.add(new Way(from, to));
    }

    /** Cuts all links between the group and everybody else, in both directions, whoever joins later included. */
    public void isolate(Set<ValidatorId> group) {
        isolated.add(Set.copyOf(group));
    }

    /**
     * From now on what {@code from} sends to {@code to} arrives so much later, in the order in which it is sent, also where the delay has become
     * shorter meanwhile; zero ends it. Of what is sent while 4,096 messages or 16 MiB are under way, nothing arrives. What is under way to a
     * validator that leaves the network, or joins it again, is lost.
     */
    public void delay(ValidatorId from, ValidatorId to, Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("a message cannot arrive before it is sent: " + by);
        }
        if (by.isZero()) {
            delays.remove(new Way(from, to));
        } else {
            delays.put(new Way(from, to), by);
        }
    }

    /** Ends all cuts, isolations and delays; what is under way arrives when it would have. */
    public void heal() {
        cuts.clear();
        isolated.clear();
        delays.clear();
    }

    /** Hands a validator raw bytes, as a wire would. */
    public void inject(ValidatorId from, ValidatorId to, byte[] frame) {
        Joined target = members.get(to);
        if (target != null && !isCut(from, to)) {
            carry(from, to, target, () -> frame.length, inbox -> inbox.deliverFrame(from, frame));
        }
    }

    private Duration delay(ValidatorId from, ValidatorId to) {
        return delays.isEmpty() ? Duration.ZERO : delays.getOrDefault(new Way(from, to), Duration.ZERO);
    }

    private void carry(ValidatorId from, ValidatorId to, Joined target, IntSupplier bytes, Consumer<Inbox> arrival) {
        Duration delay = delay(from, to);
        if (delay.isZero() && target.lines().isEmpty()) {
            arrival.accept(target.inbox());
            return;
        }
        DelayLine line = target.lines().computeIfAbsent(from, sender -> new DelayLine());
        line.send(delay, bytes.getAsInt(), () -> {
            if (target.link().isOpen()) {
                arrival.accept(target.inbox());
            }
        });
    }

    private boolean isCut(ValidatorId from, ValidatorId to) {
        if (!cuts.isEmpty() && cuts.contains(new Way(from, to))) {
            return true;
        }
        for (Set<ValidatorId> group : isolated) {
            if (group.contains(from) != group.contains(to)) {
                return true;
            }
        }
        return false;
    }

    private final class LocalLink implements Link {
        private final ValidatorId self;

        private LocalLink(ValidatorId self) {
            this.self = self;
        }

        @Override
        public void send(ValidatorId to, PeerMessage message) {
            Joined target = members.get(to);
            if (target != null && isOpen() && !isCut(self, to)) {
                carry(self, to, target, message::approximateBytes, inbox -> inbox.deliver(self, message));
            }
        }

        @Override
        public void broadcast(PeerMessage message) {
            for (ValidatorId to : members.keySet()) {
                if (!to.equals(self)) {
                    send(to, message);
                }
            }
        }

        @Override
        public void distrust(ValidatorId peer) {}

        @Override
        public void close() {
            members.computeIfPresent(self, (id, joined) -> joined.link() == this ? null : joined);
        }

        private boolean isOpen() {
            Joined joined = members.get(self);
            return joined != null && joined.link() == this;
        }
    }
}
