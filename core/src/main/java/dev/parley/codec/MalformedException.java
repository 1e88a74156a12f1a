package dev.parley.codec;

/** Bytes that are not the canonical form of anything; says what was expected and where. */
public final class MalformedException extends Exception {
    public MalformedException(String message) {
        super(message);
    }

    /** Decoding foreign bytes fails often under attack: a stack trace would cost more than the decoding. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
