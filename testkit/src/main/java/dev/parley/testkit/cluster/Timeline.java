package dev.parley.testkit.cluster;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.observe.Observation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;

/** What happened, in order, for whoever reads of a failure: all that the test did, and the latest that validators told. Thread-safe. */
final class Timeline {
    private static final int MAX_STEPS = 1_000;
    private static final int MAX_TOLD = 120;

    private record Line(long number, Duration at, String who, String what) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%10.3f s  %-5s %s", at.toNanos() / 1e9, who, what);
        }
    }

    private final ArrayDeque<Line> steps = new ArrayDeque<>();
    private final ArrayDeque<Line> told = new ArrayDeque<>();
    private long number;

    /** The test did something. */
    synchronized void step(Duration at, String what) {
        add(steps, MAX_STEPS, at, "test", what);
    }

    /** A validator told something. */
    synchronized void told(Duration at, int validator, String what) {
        add(told, MAX_TOLD, at, "v" + validator, what);
    }

    private void add(ArrayDeque<Line> lines, int most, Duration at, String who, String what) {
        if (lines.size() == most) {
            lines.remove();
        }
        lines.add(new Line(number++, at, who, what));
    }

    /** An observation in words, if it is of use to who reads of a failure. */
    static Optional<String> words(ConsensusProtocol protocol, Observation observation) {
        return Optional.ofNullable(
                switch (observation) {
                    case Observation.ViewEntered o -> "enters " + protocol.viewName(o.view()) + " by " + o.cause();
                    case Observation.TimedOut o -> o.timer() + " is over in " + protocol.viewName(o.view());
                    case Observation.Decided o -> "decides height " + o.height() + (o.empty() ? " (empty)" : "");
                    case Observation.CaughtUp o -> "catches up, heights " + o.fromHeight() + " to " + o.toHeight();
                    case Observation.Accused o -> "accuses " + o.evidence();
                    case Observation.Convicted o ->
                        "has the evidence against " + o.evidence() + " at height " + o.height();
                    case Observation.Stalled o -> "stalls: " + o.report();
                    case Observation.Stopped o -> "stops: " + o.why();
                    case Observation.Refused o ->
                        "refuses what " + o.refusal().from() + " sent: "
                                + o.refusal().reason();
                    default -> null;
                });
    }

    /** All that is kept, in order. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder();
        ArrayDeque<Line> left = new ArrayDeque<>(steps);
        for (Line line : told) {
            while (!left.isEmpty() && left.element().number() < line.number()) {
                text.append(left.remove()).append('\n');
            }
            text.append(line).append('\n');
        }
        left.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
