package dev.parley.sample.command;

import dev.parley.testkit.sim.Campaign;
import dev.parley.testkit.sim.Counter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A campaign on several threads: seeds are handed out in portions in their order, and once one fails no later portion is begun while
 * earlier ones are finished, so that the failure that is reported is the one of the lowest seed, however many threads there are.
 */
final class ParallelCampaign {
    /** Runs a portion of the seeds. */
    @FunctionalInterface
    interface Portion {
        Campaign.Result run(long firstSeed, long seeds);
    }

    /**
     * How it went.
     *
     * @param hash of all runs, whatever thread ran which
     * @param failed of the lowest seed that failed, null if none did
     */
    record Result(long runs, long events, long hash, Map<Counter, Long> counters, Campaign.@Nullable Result failed) {}

    private static final int PORTION = 8;

    private final SeedRange seeds;
    private final Portion portion;
    private final AtomicLong nextOffset = new AtomicLong();
    private final AtomicLong runs = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong hash = new AtomicLong();
    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private Campaign.@Nullable Result failed;
    private long failedOffset = Long.MAX_VALUE;

    ParallelCampaign(SeedRange seeds, Portion portion) {
        this.seeds = seeds;
        this.portion = portion;
    }

    /** @param eachSecondOrSo called while it runs */
    Result run(int threads, Runnable eachSecondOrSo) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(pool.submit(this::work));
            }
            pool.shutdown();
            while (!pool.awaitTermination(250, TimeUnit.MILLISECONDS)) {
                eachSecondOrSo.run();
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the simulator itself failed", e.getCause());
        } finally {
            pool.shutdownNow();
        }
        synchronized (counters) {
            return new Result(runs.get(), events.get(), hash.get(), counters, failed);
        }
    }

    long runs() {
        return runs.get();
    }

    long events() {
        return events.get();
    }

    private void work() {
        long offset = nextOffset.getAndAdd(PORTION);
        while (offset < seeds.size() && offset < failedOffset()) {
            Campaign.Result result = portion.run(seeds.first() + offset, Math.min(PORTION, seeds.size() - offset));
            add(result, offset);
            offset = nextOffset.getAndAdd(PORTION);
        }
    }

    private void add(Campaign.Result result, long offset) {
        runs.addAndGet(result.runs());
        events.addAndGet(result.events());
        hash.addAndGet(result.hash());
        synchronized (counters) {
            for (Counter counter : Counter.values()) {
                counters.merge(counter, result.counters().get(counter), Long::sum);
            }
            if (result.firstViolation() != null && offset < failedOffset) {
                failed = result;
                failedOffset = offset;
            }
        }
    }

    private long failedOffset() {
        synchronized (counters) {
            return failedOffset;
        }
    }
}
