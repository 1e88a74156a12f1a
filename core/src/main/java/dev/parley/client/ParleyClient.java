package dev.parley.client;

import java.util.concurrent.CompletionStage;

/**
 * One session with the replicated log. Thread-safe; nothing blocks. Commands that are outstanding together are concurrent: they
 * are executed in some order; whoever needs an order waits for the first receipt before submitting the second command.
 *
 * @param <C> commands
 * @param <R> results
 */
public interface ParleyClient<C, R> extends AutoCloseable {
    /**
     * Submits a command, which is executed exactly once however often the client has to try.
     *
     * @return completes with a verified receipt, or fails with {@link dev.parley.app.CommandFailedException} (the state machine
     *     refused it, at every validator alike), {@link BusyException} (pools stayed full until the deadline),
     *     {@link UnknownOutcomeException} (the deadline passed; the command may still be executed until it expires) or
     *     {@link RefusedException} (refused at admission: too large, or by the state machine's check)
     */
    CompletionStage<Receipt<R>> submit(C command);

    /** Abandons what is outstanding: its stages fail with {@link UnknownOutcomeException}. */
    @Override
    void close();
}
