package dev.parley.storage;

import org.jspecify.annotations.Nullable;

/** A data directory that cannot be used; the message names it, what is wrong and what to do. Nothing in it was changed. */
public final class StorageException extends RuntimeException {
    StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
