package dev.parley.testkit.synchrony;

import dev.parley.testkit.compare.Table;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All runs: each protocol under each condition. The same in each run, on each machine. */
public record Synchrony(List<SynchronyRun> runs) {
    /** One of each kind: a leader for each view, a proposer for each round, no leader. */
    public static final List<String> PROTOCOLS = List.of("hotstuff", "tendermint", "honeybadger");

    private static final List<String> HEADER = List.of(
            "condition", "protocol", "before, 10 s", "under it, 60 s", "after it, 20 s", "nine of ten within, ms");

    public Synchrony {
        runs = List.copyOf(runs);
    }

    /**
     * @param progress told what runs next, in a few words
     * @throws dev.parley.testkit.check.Violation if any protocol does what it must never do
     */
    public static Synchrony run(Consumer<String> progress) {
        List<SynchronyRun> runs = new ArrayList<>();
        for (Condition condition : Condition.values()) {
            for (String protocol : PROTOCOLS) {
                progress.accept(condition.title() + ": " + protocol);
                runs.add(SynchronyRun.of(ProtocolUnderTest.named(protocol), condition));
            }
        }
        return new Synchrony(runs);
    }

    /** Commands committed before, under and after each condition, and how soon those that were brought under it were. */
    public Table table() {
        return new Table(
                "synchrony",
                "Commands committed",
                HEADER,
                runs.stream().map(Synchrony::row).toList());
    }

    private static List<String> row(SynchronyRun run) {
        return List.of(
                run.condition().title(),
                run.protocol().name(),
                Long.toString(run.committedWithin(Duration.ZERO, SynchronyRun.BEGIN)),
                Long.toString(run.committedWithin(SynchronyRun.BEGIN, SynchronyRun.END)),
                Long.toString(run.committedWithin(SynchronyRun.END, SynchronyRun.STOP)),
                latency(run.latencyOfMost(SynchronyRun.BEGIN, SynchronyRun.END)));
    }

    private static String latency(double millis) {
        return Double.isInfinite(millis)
                ? "never"
                : BigDecimal.valueOf(millis).setScale(0, RoundingMode.HALF_UP).toPlainString();
    }
}
