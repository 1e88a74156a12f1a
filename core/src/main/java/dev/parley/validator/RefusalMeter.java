package dev.parley.validator;

import dev.parley.consensus.Refusal;
import dev.parley.consensus.ValidatorId;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts refused messages by peer and reason. Thread-safe. A flood of bad messages must not become a flood of reports: {@link #count} says
 * when one is worth telling, at the first, the second, the fourth, the eighth of its kind.
 */
final class RefusalMeter {
    private final Map<Refusal.Reason, AtomicLongArray> counts = new EnumMap<>(Refusal.Reason.class);

    RefusalMeter(int validators) {
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            counts.put(reason, new AtomicLongArray(validators));
        }
    }

    /** Counts, and says whether this one is worth telling people. */
    boolean count(Refusal refusal) {
        long count = byPeer(refusal.reason()).incrementAndGet(refusal.from().index());
        return Long.bitCount(count) == 1;
    }

    long of(ValidatorId from, Refusal.Reason reason) {
        return byPeer(reason).get(from.index());
    }

    private AtomicLongArray byPeer(Refusal.Reason reason) {
        return Objects.requireNonNull(counts.get(reason));
    }
}
