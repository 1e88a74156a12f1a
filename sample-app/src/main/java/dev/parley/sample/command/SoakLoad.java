package dev.parley.sample.command;

import dev.parley.client.ParleyClient;
import dev.parley.client.Receipt;
import dev.parley.sample.store.Batch;
import dev.parley.sample.store.Replies;
import dev.parley.sample.store.Reply;
import dev.parley.sample.store.Request;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One client that increments counters, so many at a time and no more than so many a second, until it is told to stop. */
final class SoakLoad extends Thread {
    private static final int COUNTERS = 8;

    private final ParleyClient<Batch, Replies> client;
    private final History history;
    private final int outstanding;
    private final long nanosBetween;
    private final SplittableRandom random;
    private final Semaphore free;
    private volatile boolean stopping;

    /** @param perSecond 0 for as many as are answered */
    SoakLoad(
            int number,
            ParleyClient<Batch, Replies> client,
            History history,
            int outstanding,
            double perSecond,
            long seed) {
        super("soak-" + number);
        setDaemon(true);
        this.client = client;
        this.history = history;
        this.outstanding = outstanding;
        this.nanosBetween = perSecond > 0 ? (long) (1e9 / perSecond) : 0;
        this.random = new SplittableRandom(seed);
        this.free = new Semaphore(outstanding);
    }

    @Override
    public void run() {
        try {
            long next = System.nanoTime();
            while (!stopping) {
                free.acquire();
                // What was missed while none had an answer is not made up for.
                next = Math.max(next + nanosBetween, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                increment("counter" + random.nextInt(COUNTERS));
            }
            free.acquire(outstanding);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void increment(String counter) {
        long begun = System.nanoTime();
        client.submit(new Batch(List.of(Request.of("INCR", counter)))).whenComplete((receipt, failure) -> {
            if (failure == null) {
                history.answered(counter, begun, System.nanoTime(), value(receipt));
            } else {
                history.unanswered(counter);
            }
            free.release();
        });
    }

    /** Submits no more and waits until all has an answer or none. */
    void finish() throws InterruptedException {
        stopping = true;
        join();
    }

    /** A counter's value, by the log. */
    static long read(ParleyClient<Batch, Replies> client, String counter) {
        try {
            Reply reply = client.submit(new Batch(List.of(Request.of("GET", counter))))
                    .toCompletableFuture()
                    .join()
                    .result()
                    .replies()
                    .getFirst();
            return reply instanceof Reply.Bulk(var value) ? Long.parseLong(value.toString()) : 0;
        } catch (CompletionException e) {
            throw new FailedException("the cluster does not answer after all is over: " + e.getCause());
        }
    }

    private static long value(Receipt<Replies> receipt) {
        Reply reply = Objects.requireNonNull(receipt).result().replies().getFirst();
        if (reply instanceof Reply.Int(long value)) {
            return value;
        }
        throw new IllegalStateException("INCR gave " + reply);
    }
}
