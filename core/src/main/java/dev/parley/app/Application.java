package dev.parley.app;

import java.util.function.Supplier;

/**
 * A state machine with the binary forms of its commands, results and snapshots. Immutable.
 *
 * @param <C> commands
 * @param <R> results
 * @param <S> snapshots
 */
public record Application<C, R, S>(
        Supplier<? extends StateMachine<C, R, S>> machine, Codec<C> commands, Codec<R> results, Codec<S> snapshots) {

    /**
     * With Jackson for everything.
     *
     * @param machine makes a machine in its first state; called once for each validator
     */
    public static <C, R, S> Application<C, R, S> of(
            Supplier<? extends StateMachine<C, R, S>> machine,
            Class<C> commands,
            Class<R> results,
            Class<S> snapshots) {
        return new Application<>(
                machine, new JacksonCodec<>(commands), new JacksonCodec<>(results), new JacksonCodec<>(snapshots));
    }
}
