package dev.parley.network.links;

/**
 * What may be had at a rate; what was not had is saved up to a bound, and at first all of that is there. Time is any monotonic count of
 * milliseconds. Not thread-safe.
 */
final class RateBudget {
    private double perSecond;
    private double most;
    /** As if nothing had been had for long; below zero, what is to be made up for. */
    private double left = Double.MAX_VALUE;

    private long since;

    RateBudget(double perSecond, double most) {
        this.perSecond = perSecond;
        this.most = most;
    }

    /** From now on; what is saved up stays, as far as the new bound goes. */
    void change(double toPerSecond, double toMost) {
        perSecond = toPerSecond;
        most = toMost;
    }

    /** Has one more, if there is one. */
    boolean takes(long now) {
        if (millisUntilOne(now) > 0) {
            return false;
        }
        left--;
        return true;
    }

    /** Has one more, whether or not there is one: it is made up for before there is another. */
    void owes(long now) {
        grow(now);
        left--;
    }

    /** After how long there is one, if none is had meanwhile; 0 if there is. */
    long millisUntilOne(long now) {
        grow(now);
        return left >= 1 ? 0 : Math.max(1, (long) Math.ceil((1 - left) * 1000 / perSecond));
    }

    private void grow(long now) {
        left = Math.min(most, left + (now - since) * perSecond / 1000);
        since = now;
    }
}
