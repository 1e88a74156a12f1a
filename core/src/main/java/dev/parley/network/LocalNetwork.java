package dev.parley.network;

import dev.parley.consensus.ValidatorId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Validators in one process: messages are handed over as the immutable objects they are. Links can be cut and healed, for tests and
 * demonstrations. Thread-safe.
 */
public final class LocalNetwork implements Network {
    private record Cut(ValidatorId from, ValidatorId to) {}

    private record Joined(LocalLink link, Inbox inbox) {}

    private final Map<ValidatorId, Joined> members = new ConcurrentSkipListMap<>();
    private final Set<Cut> cuts = ConcurrentHashMap.newKeySet();
    private final List<Set<ValidatorId>> isolated = new CopyOnWriteArrayList<>();

    @Override
    public Link join(ValidatorId self, Inbox inbox) {
        LocalLink link = new LocalLink(self);
        members.put(self, new Joined(link, inbox));
        return link;
    }

    /** Loses from now on what {@code from} sends to {@code to}. */
    public void cut(ValidatorId from, ValidatorId to) {
        cuts.add(new Cut(from, to));
    }

    /** Cuts all links between the group and everybody else, in both directions, whoever joins later included. */
    public void isolate(Set<ValidatorId> group) {
        isolated.add(Set.copyOf(group));
    }

    public void heal() {
        cuts.clear();
        isolated.clear();
    }

    /** Hands a validator raw bytes, as a wire would. */
    public void inject(ValidatorId from, ValidatorId to, byte[] frame) {
        Joined target = members.get(to);
        if (target != null && !isCut(from, to)) {
            target.inbox().deliverFrame(from, frame);
        }
    }

    private boolean isCut(ValidatorId from, ValidatorId to) {
        if (!cuts.isEmpty() && cuts.contains(new Cut(from, to))) {
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
                target.inbox().deliver(self, message);
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
