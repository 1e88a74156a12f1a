package dev.parley.crypto;

/** A key that must not be used; the message says why and what to do. */
public final class InvalidKeyException extends IllegalArgumentException {
    public InvalidKeyException(String message) {
        super(message);
    }
}
