package dev.parley.crypto;

import org.jspecify.annotations.Nullable;

/** A key file that cannot be used or written; the message names the file, what is wrong and what to do, and never a secret. */
public final class KeyFileException extends RuntimeException {
    KeyFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
