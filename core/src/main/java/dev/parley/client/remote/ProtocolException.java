package dev.parley.client.remote;

/** The other side broke the protocol, or does not speak it; the connection ends. */
final class ProtocolException extends Exception {
    private final ProtocolError error;

    ProtocolException(ProtocolError error, String message) {
        super(message);
        this.error = error;
    }

    ProtocolError error() {
        return error;
    }

    /** Strangers cause it at will: a stack trace would cost more than what they sent. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
