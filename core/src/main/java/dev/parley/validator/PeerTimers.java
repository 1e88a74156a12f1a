package dev.parley.validator;

import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A timer for each peer: how long it may take to answer. Immutable. */
final class PeerTimers {
    private final TimerId[] timers;
    private final Map<TimerId, ValidatorId> peers = new HashMap<>();

    /** @param what is asked for */
    PeerTimers(String what, int validators) {
        timers = new TimerId[validators];
        for (int i = 0; i < validators; i++) {
            timers[i] = new TimerId(what + "-v" + i);
            peers.put(timers[i], new ValidatorId(i));
        }
    }

    TimerId of(ValidatorId peer) {
        return timers[peer.index()];
    }

    /** Null if it is another timer. */
    @Nullable ValidatorId peer(TimerId timer) {
        return peers.get(timer);
    }
}
