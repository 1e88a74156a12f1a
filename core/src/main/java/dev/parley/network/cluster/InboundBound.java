package dev.parley.network.cluster;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What may have been read from connections and not been looked at yet. Remoting puts all it reads into mailboxes; without this, a peer
 * that ignores its window could fill the memory. Thread-safe.
 */
final class InboundBound {
    /** Looking at a datagram costs something however short it is. */
    private static final int MIN_COST = 4096;

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    InboundBound(long limit) {
        this.limit = limit;
    }

    boolean take(int bytes) {
        long cost = cost(bytes);
        if (held.addAndGet(cost) > limit) {
            held.addAndGet(-cost);
            return false;
        }
        return true;
    }

    void release(int bytes) {
        held.addAndGet(-cost(bytes));
    }

    private static long cost(int bytes) {
        return Math.max(MIN_COST, bytes);
    }
}
