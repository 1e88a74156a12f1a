package dev.parley.client;

/** No answer came in time: the command may have been executed, or may still be, until it expires. */
public final class UnknownOutcomeException extends RuntimeException {
    public UnknownOutcomeException(String message) {
        super(message, null, false, false);
    }
}
