package dev.parley.sample.command;

import dev.parley.client.ParleyClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Puts load on clients, and measures. A closed loop has {@code outstanding} commands under way for each client and sends the next when one
 * is answered, on the thread that brings the answer. An open loop sends at a rate, whatever comes back; latency then counts from
 * when a command was to be sent, so that a stall is felt by all that it delays and not by one command alone.
 */
final class LoadDriver {
    private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final int DIGITS = 3;

    private final List<? extends ParleyClient<byte[], ?>> clients;
    private final int outstanding;
    private final byte[] command;
    private final Recorder latency = new Recorder(MAX_LATENCY_NANOS, DIGITS);
    private final LongAdder answered = new LongAdder();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** @param outstanding of each client, 1 or more */
    LoadDriver(List<? extends ParleyClient<byte[], ?>> clients, int outstanding, int commandBytes) {
        this.clients = List.copyOf(clients);
        this.outstanding = outstanding;
        this.command = new byte[commandBytes];
    }

    /**
     * What was measured after the warm-up.
     *
     * @param blocks that were decided meanwhile
     * @param latencyNanos of all that were answered
     * @param failures by kind
     */
    record Measurement(long answered, long blocks, double seconds, Histogram latencyNanos, Map<String, Long> failures) {
        double perSecond() {
            return answered / seconds;
        }
    }

    /** @param blocks how many were decided so far */
    Measurement closedLoop(double warmupSeconds, double seconds, LongSupplier blocks) {
        begin();
        return measure(warmupSeconds, seconds, blocks);
    }

    /** Closes the loop and returns; {@link #stop} opens it again. */
    void begin() {
        for (ParleyClient<byte[], ?> client : clients) {
            for (int i = 0; i < outstanding; i++) {
                sendAgain(client);
            }
        }
    }

    /** Begins to send at a rate and returns, until {@link #stop}. */
    void beginAt(double perSecond) {
        Thread pacer = new Thread(() -> pace(perSecond), "pacer");
        pacer.setDaemon(true);
        pacer.start();
    }

    /** Nothing more is sent. */
    void stop() {
        stopped = true;
    }

    /** How many commands were answered so far. */
    long answered() {
        return answered.sum();
    }

    /**
     * @param perSecond of all clients together, above 0
     * @param blocks how many were decided so far
     */
    Measurement openLoop(double perSecond, double warmupSeconds, double seconds, LongSupplier blocks) {
        beginAt(perSecond);
        return measure(warmupSeconds, seconds, blocks);
    }

    private Measurement measure(double warmupSeconds, double seconds, LongSupplier blocks) {
        pause(warmupSeconds);
        latency.reset();
        failures.clear();
        long before = answered.sum();
        long blocksBefore = blocks.getAsLong();
        long begin = System.nanoTime();
        pause(seconds);
        long count = answered.sum() - before;
        long decided = blocks.getAsLong() - blocksBefore;
        double took = (System.nanoTime() - begin) / 1e9;
        Histogram histogram = latency.getIntervalHistogram();
        stop();
        Map<String, Long> failed = new TreeMap<>();
        failures.forEach((kind, number) -> failed.put(kind, number.sum()));
        return new Measurement(count, decided, took, histogram, failed);
    }

    private void sendAgain(ParleyClient<byte[], ?> client) {
        if (!stopped) {
            long sent = System.nanoTime();
            var unused = client.submit(command).whenComplete((receipt, failure) -> {
                record(sent, failure);
                sendAgain(client);
            });
        }
    }

    private void pace(double perSecond) {
        Semaphore room = new Semaphore(outstanding * clients.size());
        double nanosBetween = 1e9 / perSecond;
        long begin = System.nanoTime();
        for (long i = 0; !stopped; i++) {
            long due = begin + (long) (i * nanosBetween);
            awaitNanos(due);
            room.acquireUninterruptibly();
            var unused = clients.get((int) (i % clients.size())).submit(command).whenComplete((receipt, failure) -> {
                record(due, failure);
                room.release();
            });
        }
    }

    private void record(long sinceNanos, @Nullable Throwable failure) {
        if (failure == null) {
            answered.increment();
            latency.recordValue(Math.min(Math.max(0, System.nanoTime() - sinceNanos), MAX_LATENCY_NANOS));
        } else {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            failures.computeIfAbsent(cause.getClass().getSimpleName(), kind -> new LongAdder())
                    .increment();
        }
    }

    private static void pause(double seconds) {
        awaitNanos(System.nanoTime() + (long) (seconds * 1e9));
    }

    private static void awaitNanos(long at) {
        for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
