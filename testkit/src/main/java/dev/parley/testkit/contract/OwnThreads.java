package dev.parley.testkit.contract;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * The threads that some work starts, those that they start in turn, and no others: a test that asks what is left of its work may run beside tests
 * that start threads of the same names. Virtual threads, and those of the pool that the virtual machine keeps for everybody, are not among them. Thread-safe.
 */
public final class OwnThreads {
    private static final String POOL_OF_ALL = "ForkJoinPool.commonPool";

    private final ThreadGroup group = new ThreadGroup("own-threads");

    /** Before the work the thread is started that keeps time for everybody: it would be counted with who starts it. */
    public OwnThreads() {
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS))
                .join();
    }

    /**
     * Does the work in a thread of its own, and waits for its end.
     *
     * @throws AssertionError if the work throws, with what it threw as the cause
     */
    public void run(Runnable work) throws InterruptedException {
        FutureTask<Void> task = new FutureTask<>(work, null);
        new Thread(group, task, "own-threads").start();
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the work failed: " + e.getCause(), e.getCause());
        }
    }

    /** Names of those that live. */
    public List<String> alive() {
        // Those that start meanwhile may be missing; for a group that is at its end there are none.
        Thread[] threads = new Thread[2 * group.activeCount() + 16];
        group.enumerate(threads);
        return Arrays.stream(threads)
                .filter(Objects::nonNull)
                .map(Thread::getName)
                .filter(name -> !name.startsWith(POOL_OF_ALL))
                .toList();
    }
}
