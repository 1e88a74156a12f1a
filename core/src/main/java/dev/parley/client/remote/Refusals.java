package dev.parley.client.remote;

import dev.parley.logging.LogContext;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Counts the connections that a server ended, by reason, and logs each reason at most once a minute. Thread-safe. */
final class Refusals {
    private static final long SILENT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final class Tally {
        private final AtomicLong count = new AtomicLong();
        private boolean told;
        private long toldAtNanos;
        private long countWhenTold;

        private synchronized long newSinceTold(long nowNanos) {
            if (told && nowNanos - toldAtNanos < SILENT_NANOS) {
                return 0;
            }
            long now = count.get();
            long since = now - countWhenTold;
            told = true;
            toldAtNanos = nowNanos;
            countWhenTold = now;
            return since;
        }
    }

    private final Logger log;
    private final LogContext context;
    private final Map<ProtocolError, Tally> tallies = new EnumMap<>(ProtocolError.class);

    Refusals(Logger log, LogContext context) {
        this.context = context;
        this.log = log;
        for (ProtocolError error : ProtocolError.values()) {
            tallies.put(error, new Tally());
        }
    }

    void count(ProtocolError error, String from, String why, long nowNanos) {
        Tally tally = Objects.requireNonNull(tallies.get(error));
        tally.count.incrementAndGet();
        if (error == ProtocolError.IDLE) {
            // An ordinary end.
            return;
        }
        long news = tally.newSinceTold(nowNanos);
        if (news > 0) {
            context.around(() -> log.warn(
                    "client {} refused, {}: {} ({} of this kind since the last report)", from, error, why, news));
        }
    }

    long of(ProtocolError error) {
        return Objects.requireNonNull(tallies.get(error)).count.get();
    }
}
