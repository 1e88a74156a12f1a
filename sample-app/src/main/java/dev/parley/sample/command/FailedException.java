package dev.parley.sample.command;

/** What was asked for could not be done; the message says why and what to do, in one line. */
final class FailedException extends RuntimeException {
    FailedException(String message) {
        super(message, null, false, false);
    }
}
