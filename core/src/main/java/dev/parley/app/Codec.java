package dev.parley.app;

/**
 * Values as bytes. Thread-safe. Equal values must give equal bytes.
 *
 * @param <T> what is encoded
 */
public interface Codec<T> {
    byte[] encode(T value);

    /**
     * @param bytes not to be kept or written to
     * @throws IllegalArgumentException if they are not a value's encoding; the message says why and is the same at every validator
     */
    T decode(byte[] bytes);
}
