package dev.parley.app;

import dev.parley.consensus.Evidence;
import dev.parley.log.CommandId;
import dev.parley.logging.LogContext;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator what the state machine threw: each class of exception once a minute of block time, so that a client that
 * provokes them cannot fill a disk.
 */
final class ExceptionLog {
    private static final Logger LOG = LoggerFactory.getLogger(Executor.class);
    private static final long INTERVAL_MILLIS = 60_000;
    private static final int MAX_CLASSES = 64;

    private final LogContext context;
    private final Map<Class<?>, Long> loggedAt = new HashMap<>();

    ExceptionLog(LogContext context) {
        this.context = context;
    }

    void log(Exception exception, long height, int index, CommandId command, long timeMillis) {
        if (isDue(exception, timeMillis)) {
            context.around(() -> LOG.warn(
                    "The state machine threw on command {} at height {}, index {}; the client learns the class alone",
                    command,
                    height,
                    index,
                    exception));
        }
    }

    void log(Exception exception, long height, Evidence evidence, long timeMillis) {
        if (isDue(exception, timeMillis)) {
            context.around(() ->
                    LOG.warn("The state machine threw when told at height {} that {}", height, evidence, exception));
        }
    }

    private boolean isDue(Exception exception, long timeMillis) {
        Long before = loggedAt.get(exception.getClass());
        if (before == null ? loggedAt.size() < MAX_CLASSES : timeMillis - before >= INTERVAL_MILLIS) {
            loggedAt.put(exception.getClass(), timeMillis);
            return true;
        }
        return false;
    }
}
