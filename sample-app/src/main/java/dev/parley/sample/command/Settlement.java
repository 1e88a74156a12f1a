package dev.parley.sample.command;

import dev.parley.LocalCluster;
import dev.parley.validator.ValidatorNode.StateAt;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The validators' states once they have stopped to change.
 *
 * @param states by validator; missing where a validator has stopped or did not answer
 */
record Settlement(Map<Integer, StateAt> states) {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final long ANSWER_MILLIS = 2000;

    /** Looks again and again until the validators in {@code correct} agree, or the patience is at its end. */
    static Settlement await(LocalCluster<?, ?, ?> cluster, Collection<Integer> correct, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        Settlement settlement = look(cluster);
        while (!settlement.agree(correct)
                && System.nanoTime() < end
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            settlement = look(cluster);
        }
        return settlement;
    }

    /** Whether all of them have the same state at the same height. */
    boolean agree(Collection<Integer> correct) {
        Set<StateAt> different = new HashSet<>();
        for (int validator : correct) {
            StateAt state = states.get(validator);
            if (state == null) {
                return false;
            }
            different.add(state);
        }
        return different.size() == 1;
    }

    Optional<StateAt> of(int validator) {
        return Optional.ofNullable(states.get(validator));
    }

    private static Settlement look(LocalCluster<?, ?, ?> cluster) {
        Map<Integer, StateAt> states = new TreeMap<>();
        for (int i = 0; i < cluster.validators().size(); i++) {
            try {
                states.put(
                        i,
                        cluster.node(i)
                                .state()
                                .toCompletableFuture()
                                .orTimeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                                .join());
            } catch (CompletionException stopped) {
                // It shows by its absence.
                states.remove(i);
            }
        }
        return new Settlement(states);
    }
}
