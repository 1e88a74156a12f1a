package dev.parley.sample.redis;

import dev.parley.app.Context;
import dev.parley.log.ClientId;
import dev.parley.sample.store.Batch;
import dev.parley.sample.store.RedisStore;
import dev.parley.sample.store.Replies;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * One store that executes each batch as a block of its own, at a block time that the test sets. May be told to fail, or to hold
 * batches until they are released. Thread-safe.
 */
final class SingleStore implements Function<Batch, CompletionStage<Replies>> {
    private record Held(Batch batch, CompletableFuture<Replies> answer) {}

    private final RedisStore store = new RedisStore();
    private final Queue<Throwable> failures = new ArrayDeque<>();
    private final Queue<Held> held = new ArrayDeque<>();
    private final List<Integer> batchSizes = new ArrayList<>();
    private boolean holding;
    private long height;
    private long timeMillis = 1_000_000;

    @Override
    public synchronized CompletionStage<Replies> apply(Batch batch) {
        batchSizes.add(batch.requests().size());
        Throwable failure = failures.poll();
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        if (holding) {
            Held later = new Held(batch, new CompletableFuture<>());
            held.add(later);
            return later.answer;
        }
        return CompletableFuture.completedFuture(execute(batch));
    }

    synchronized void failNext(Throwable failure) {
        failures.add(failure);
    }

    synchronized void hold() {
        holding = true;
    }

    /** Executes what was held, in its order, and holds no more. */
    synchronized void release() {
        holding = false;
        for (Held next = held.poll(); next != null; next = held.poll()) {
            next.answer.complete(execute(next.batch));
        }
    }

    synchronized int heldBatches() {
        return held.size();
    }

    synchronized void passMillis(long millis) {
        timeMillis += millis;
    }

    /** How many requests each batch had, in the order of their coming. */
    synchronized List<Integer> batchSizes() {
        return List.copyOf(batchSizes);
    }

    private Replies execute(Batch batch) {
        height++;
        return store.apply(batch, new Context(height, 0, timeMillis, new ClientId(0, 1)));
    }
}
