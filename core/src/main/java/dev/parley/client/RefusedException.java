package dev.parley.client;

/**
 * The command can never be ordered as it is; the message says why and what to do. If that is that it has expired, and earlier attempts were
 * not answered, it may have been executed before.
 */
public final class RefusedException extends IllegalArgumentException {
    public RefusedException(String message) {
        super(message);
    }

    /** Refusals are answers, not defects: no stack trace. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
