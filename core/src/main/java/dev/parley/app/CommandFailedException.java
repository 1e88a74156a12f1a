package dev.parley.app;

/**
 * A command that cannot be done, thrown by {@link StateMachine#apply}: the message is the client's answer. It must be the same at
 * every validator.
 */
public class CommandFailedException extends RuntimeException {
    public CommandFailedException(String message) {
        super(message, null, false, false);
    }
}
