package dev.parley.client.remote;

import dev.parley.client.ParleyClient;
import dev.parley.client.Receipt;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A {@link ParleyClient} for threads that wait. Thread-safe. A command that is on its way cannot be called back: whether the caller stops
 * waiting by its deadline or by an interrupt, the command may have been executed, or may still be until it expires
 * ({@code parley.client.command-lifetime}), once at the most. Submitting it again is another command, which is executed
 * besides; whoever must not do a thing twice gives commands a name of their own that the state machine knows.
 *
 * @param <C> commands
 * @param <R> results
 */
public final class BlockingClient<C, R> implements AutoCloseable {
    private final ParleyClient<C, R> client;
    private final BooleanSupplier onClientThread;

    /** @param client is closed with this */
    public BlockingClient(ParleyClient<C, R> client) {
        this(client, () -> false);
    }

    /** @param onClientThread whether the caller is the thread that completes the client's stages */
    BlockingClient(ParleyClient<C, R> client, BooleanSupplier onClientThread) {
        this.client = client;
        this.onClientThread = onClientThread;
    }

    /**
     * Submits a command and waits for its verified receipt.
     *
     * @param deadline how long to wait at the most, from now
     * @throws TimeoutException if there is no receipt by then: the outcome is unknown
     * @throws InterruptedException if the thread was interrupted before or while it waited: the outcome is unknown; if before, nothing
     *     was submitted
     * @throws dev.parley.app.CommandFailedException if the state machine refused the command, at every validator alike
     * @throws dev.parley.client.RefusedException if it was not executed and never will be
     * @throws dev.parley.client.UnknownOutcomeException if the command expired without an answer, or the client was closed
     * @throws IllegalStateException on the thread that completes the client's stages, which would wait for itself
     */
    public Receipt<R> submit(C command, Duration deadline) throws InterruptedException, TimeoutException {
        if (onClientThread.getAsBoolean()) {
            throw new IllegalStateException(
                    "this thread receives the answers and must not wait for one; go on in thenCompose, or on another thread");
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the command was submitted");
        }
        CompletableFuture<Receipt<R>> receipt = client.submit(command).toCompletableFuture();
        try {
            return receipt.get(Math.max(0, deadline.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            TimeoutException late = new TimeoutException(
                    "no receipt came within " + deadline + "; the command may still be executed until it expires");
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
