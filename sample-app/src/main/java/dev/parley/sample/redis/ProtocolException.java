package dev.parley.sample.redis;

/** Bytes that are no request; the message is what redis-server says after {@code Protocol error: }. */
final class ProtocolException extends Exception {
    ProtocolException(String message) {
        super(message);
    }

    /** Thrown at a peer's will: a stack trace would cost more than the parsing. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
