package dev.parley.network.links;

/**
 * How many frames of a peer are taken in a second. A correct one sends far fewer, so what is over costs a peer that floods its own time and
 * nobody the processors. What was not used in the last second may be used at once. Time is any monotonic count of milliseconds. Not
 * thread-safe.
 */
final class FrameBudget {
    private final int perSecond;
    /** In thousandths of a frame. */
    private long left;

    private long since;

    FrameBudget(int perSecond, long now) {
        this.perSecond = perSecond;
        this.left = 1000L * perSecond;
        this.since = now;
    }

    /** Whether one more is taken now. */
    boolean takes(long now) {
        left = Math.min(1000L * perSecond, left + (now - since) * perSecond);
        since = now;
        if (left < 1000) {
            return false;
        }
        left -= 1000;
        return true;
    }
}
