package dev.parley.testkit.cluster;

import dev.parley.testkit.check.Violation;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What is so of a cluster at every moment from now on. Each gives a {@link Watching}, by which it can be suspended for a phase. */
public final class ContinuousAssert {
    private final Cluster<?, ?> cluster;

    ContinuousAssert(Cluster<?, ?> cluster) {
        this.cluster = cluster;
    }

    /** No correct validator accuses anybody. */
    public Watching accusesNobody() {
        return tellsNothing("nobody is accused", Watchtower.Kind.ACCUSED);
    }

    /** No correct validator has work and makes no progress for as long as {@code parley.validator.stall-after}. */
    public Watching stallsNowhere() {
        return tellsNothing("nobody stalls", Watchtower.Kind.STALLED);
    }

    /** No command waits for its answer longer than this, by the world's time; suspended for a phase, the phase does not count. */
    public Watching answersWithin(Duration limit) {
        return watch("each command is answered within " + limit, new Condition() {
            private Duration countedFrom = Duration.ZERO;

            @Override
            public void begin() {
                countedFrom = cluster.elapsed();
            }

            @Override
            public @Nullable String objection() {
                Optional<Duration> oldest = cluster.oldestUnanswered();
                if (oldest.isEmpty()) {
                    return null;
                }
                Duration since = oldest.get().compareTo(countedFrom) > 0 ? oldest.get() : countedFrom;
                Duration waited = cluster.elapsed().minus(since);
                return waited.compareTo(limit) > 0 ? "one waits since " + since + " after the start" : null;
            }
        });
    }

    /**
     * A condition of the test's own. It is asked after each event in the simulator, and every few milliseconds elsewhere.
     *
     * @param what in words, for the message
     */
    public Watching satisfies(String what, BooleanSupplier condition) {
        return watch(what, () -> condition.getAsBoolean() ? null : "it is not so");
    }

    private Watching tellsNothing(String what, Watchtower.Kind kind) {
        return watch(what, new Condition() {
            private int seen;

            @Override
            public void begin() {
                seen = cluster.watchtower().told().size();
            }

            @Override
            public @Nullable String objection() {
                var told = cluster.watchtower().told();
                for (; seen < told.size(); seen++) {
                    if (told.get(seen).kind() == kind) {
                        return told.get(seen).toString();
                    }
                }
                return null;
            }
        });
    }

    private Watching watch(String what, Condition condition) {
        Watching watching = new Watching(cluster, what, condition);
        watching.resume();
        return watching;
    }

    /** Something that must hold. */
    private interface Condition {
        /** What was before does not count. */
        default void begin() {}

        /** What is wrong now; null if nothing is. */
        @Nullable String objection();
    }

    /** One assertion that goes on. */
    public static final class Watching implements Cluster.Always {
        private final Cluster<?, ?> cluster;
        private final String what;
        private final Condition condition;

        private Watching(Cluster<?, ?> cluster, String what, Condition condition) {
            this.cluster = cluster;
            this.what = what;
            this.condition = condition;
        }

        /** From now on it need not hold. */
        public void suspend() {
            cluster.never(this);
        }

        /** From now on it must hold again; what was before does not count. */
        public void resume() {
            suspend();
            condition.begin();
            cluster.always(this);
        }

        /** While this runs it need not hold. */
        public void suspendWhile(Runnable phase) {
            suspend();
            phase.run();
            resume();
        }

        @Override
        public void check() {
            String objection = condition.objection();
            if (objection != null) {
                throw new Violation("continuously " + what, objection);
            }
        }
    }
}
