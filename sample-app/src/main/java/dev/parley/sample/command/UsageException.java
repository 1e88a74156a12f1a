package dev.parley.sample.command;

/** The command was called wrongly; the message says what is wrong and what there is, in one line. */
final class UsageException extends RuntimeException {
    UsageException(String message) {
        super(message, null, false, false);
    }
}
