package dev.parley.app;

import java.util.Optional;

/**
 * The application: a deterministic machine that every validator runs on the same commands in the same order.
 *
 * <p>Whatever {@link #apply} does must follow from the state, the command and the {@link Context} alone: no clock, no randomness, no
 * iteration over hash order, no thread, no I/O. Validators sign what each block gave; one whose results differ from what others
 * have certified stops and names the height and the command. All methods are called by one thread at a time.
 *
 * <p>An exception thrown by {@code apply} becomes that command's result, the same at all validators: throw
 * {@link CommandFailedException} to tell the client why; of any other exception the client learns the class alone, since messages
 * may differ between machines. The state is kept as {@code apply} left it, so check before you change.
 *
 * @param <C> commands
 * @param <R> results
 * @param <S> snapshots of the whole state
 */
public interface StateMachine<C, R, S> {
    /** Executes a command. */
    R apply(C command, Context context);

    /**
     * Answers from the current state without changing it and without the log: one validator's word, perhaps behind the others.
     *
     * @throws UnsupportedOperationException unless overridden
     */
    default R query(C query) {
        throw new UnsupportedOperationException(getClass().getName() + " answers no queries; submit a command instead");
    }

    /** The whole state; equal states give equal snapshots, byte for byte once encoded: use sorted or insertion-ordered maps. */
    S snapshot();

    /** Replaces the whole state. */
    void restore(S snapshot);

    /**
     * Admission to the mempool: a cheap look at one command before it costs anything. Not a promise about {@link #apply}, which is
     * called later on another state.
     *
     * @return why the command is refused, or empty
     */
    default Optional<String> check(C command) {
        return Optional.empty();
    }
}
