package dev.parley.app;

import java.time.Duration;

/**
 * The bounds of execution. All but {@code maxRecentBytes} must be the same at all validators.
 *
 * @param maxSessions the most client sessions
 * @param maxLifetime how far ahead of block time a command's expiry may lie
 * @param stateCheckInterval the hash of the whole state is mixed into the root of each height that this divides; 0 for never
 * @param maxRecentBytes about so much is kept of what late blocks gave, to answer commands that are submitted again
 */
public record ExecutorSettings(int maxSessions, Duration maxLifetime, long stateCheckInterval, long maxRecentBytes) {
    public static final ExecutorSettings DEFAULT = new ExecutorSettings(
            SessionTable.MAX_SESSIONS, Duration.ofMillis(SessionTable.MAX_LIFETIME_MILLIS), 4096, 64L << 20);

    public ExecutorSettings {
        if (maxSessions < 1 || !maxLifetime.isPositive() || stateCheckInterval < 0 || maxRecentBytes < 0) {
            throw new IllegalArgumentException(
                    "parley.execution: max-sessions and max-lifetime are more than zero, the others zero or more");
        }
    }

    SessionTable emptySessions() {
        return new SessionTable(maxSessions, maxLifetime.toMillis());
    }
}
