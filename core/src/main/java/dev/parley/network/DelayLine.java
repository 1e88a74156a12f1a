package dev.parley.network;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The way from one validator to another, on which messages take their time: each arrives so much later than it was sent, and after all that were
 * sent before it. Has no thread of its own. Thread-safe.
 */
final class DelayLine {
    /** What is under way; what is sent beyond is lost. */
    static final int MAX_MESSAGES = 4096;

    /** A message may be over it, whatever its size. */
    static final long MAX_BYTES = 16 << 20;

    private record UnderWay(Runnable arrival, int bytes, long dueNanos) {}

    /** The first stays until it has arrived, so that nothing that is sent meanwhile is there before it. */
    private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();

    private long bytes;

    /**
     * @param delay zero for a message that waits for nothing but those before it
     * @param arrival hands the message over; run at once if it has nothing to wait for, else later by another thread; must not block
     */
    void send(Duration delay, int size, Runnable arrival) {
        if (!isLate(delay, size, arrival)) {
            arrival.run();
        }
    }

    private synchronized boolean isLate(Duration delay, int size, Runnable arrival) {
        if (delay.isZero() && underWay.isEmpty()) {
            return false;
        }
        if (underWay.size() < MAX_MESSAGES && bytes < MAX_BYTES) {
            underWay.add(new UnderWay(arrival, size, System.nanoTime() + delay.toNanos()));
            bytes += size;
            if (underWay.size() == 1) {
                awaitFirst();
            }
        }
        return true;
    }

    private void awaitFirst() {
        long left = underWay.element().dueNanos() - System.nanoTime();
        CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS).execute(this::arrive);
    }

    private void arrive() {
        try {
            first().arrival().run();
        } finally {
            goOn();
        }
    }

    private synchronized UnderWay first() {
        return underWay.element();
    }

    private synchronized void goOn() {
        bytes -= underWay.remove().bytes();
        if (!underWay.isEmpty()) {
            awaitFirst();
        }
    }
}
