package dev.parley.network.secure;

import dev.parley.consensus.ValidatorId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts what was refused, by reason and by the validator in whose name it came, which need not be the one that sent it. Thread-safe.
 * Says of each kind at most once a minute that it is worth telling.
 */
public final class RefusalCounts {
    public static final long TELL_MILLIS = 60_000;

    private record Row(AtomicLongArray counts, List<AtomicLong> toldAt) {}

    private final Map<LinkRefusal, Row> rows = new EnumMap<>(LinkRefusal.class);
    private final int nobody;

    public RefusalCounts(int validators) {
        nobody = validators;
        for (LinkRefusal reason : LinkRefusal.values()) {
            List<AtomicLong> toldAt = Stream.generate(() -> new AtomicLong(Long.MIN_VALUE))
                    .limit(validators + 1)
                    .toList();
            rows.put(reason, new Row(new AtomicLongArray(validators + 1), toldAt));
        }
    }

    /**
     * @param claimed null if it came in no validator's name
     * @return how many there were, if that is worth telling, otherwise 0
     */
    public long count(@Nullable ValidatorId claimed, LinkRefusal reason, long now) {
        Row row = row(reason);
        long count = row.counts().incrementAndGet(index(claimed));
        AtomicLong toldAt = row.toldAt().get(index(claimed));
        long last = toldAt.get();
        boolean worthTelling = last == Long.MIN_VALUE || now - last >= TELL_MILLIS;
        return worthTelling && toldAt.compareAndSet(last, now) ? count : 0;
    }

    public long of(@Nullable ValidatorId claimed, LinkRefusal reason) {
        return row(reason).counts().get(index(claimed));
    }

    private Row row(LinkRefusal reason) {
        return Objects.requireNonNull(rows.get(reason));
    }

    private int index(@Nullable ValidatorId claimed) {
        return claimed == null || claimed.index() >= nobody ? nobody : claimed.index();
    }
}
