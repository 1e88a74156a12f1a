package dev.parley.hotstuff;

import java.time.Duration;

/** How long a view may take. */
public interface Pacemaker {
    /**
     * @param failedViews the views entered by a TC since the last decision, zero or more
     * @return how long to wait for progress in the current view
     */
    Duration delay(long failedViews);

    /** Whether the timer is started in a view that was just entered. */
    default boolean startsTimer(boolean enteredByTimeout) {
        return true;
    }

    /**
     * base × 2^max(0, failed − 1), at most max. It falls back on a decision and not on a QC: a decision takes two certified views in a
     * row, so a delay that is long enough for one QC and falls at once may never see the second (hazard 9). f faulty leaders cannot
     * keep it up, since the first decision takes all of it back; the first failed view costs nothing, so that one silent leader in a
     * rotation never raises it.
     */
    record Exponential(Duration base, Duration max) implements Pacemaker {
        public Exponential {
            if (!base.isPositive() || max.compareTo(base) < 0) {
                throw new IllegalArgumentException("time-outs grow from " + base + " to " + max);
            }
        }

        @Override
        public Duration delay(long failedViews) {
            int doublings = (int) Math.min(30, Math.max(0, failedViews - 1));
            long factor = 1L << doublings;
            return max.toMillis() / factor <= base.toMillis() ? max : base.multipliedBy(factor);
        }
    }
}
