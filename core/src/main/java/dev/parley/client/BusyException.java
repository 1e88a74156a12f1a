package dev.parley.client;

import java.time.Duration;

/** The validators' pools are full and stayed full; nothing was accepted. */
public final class BusyException extends RuntimeException {
    private final transient Duration retryAfter;

    public BusyException(Duration retryAfter) {
        super("the mempool is full; try again after " + retryAfter.toMillis() + " ms", null, false, false);
        this.retryAfter = retryAfter;
    }

    /** When the pool expects to have room. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
