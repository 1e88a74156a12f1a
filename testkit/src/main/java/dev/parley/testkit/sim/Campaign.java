package dev.parley.testkit.sim;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Many random runs, one seed after the other, until one fails or all are done. */
public final class Campaign {
    /** Told after each run. */
    @FunctionalInterface
    public interface Progress {
        void ran(long runs, long events);
    }

    /**
     * How it went.
     *
     * @param hash of all runs together, whatever their order: the same seeds give the same, in every process and on every JVM
     * @param counters of all runs together
     * @param firstViolation null if there was none
     * @param replay the command that runs the failing seed again; empty if none failed
     */
    public record Result(
            long runs,
            long events,
            long hash,
            Counters counters,
            @Nullable RunResult firstViolation,
            String replay) {
        /** What should have happened and never did: a campaign with any of these proves little. */
        public Set<Counter> neverHappened(Set<Counter> expected) {
            Set<Counter> missing = EnumSet.noneOf(Counter.class);
            for (Counter counter : expected) {
                if (counters.get(counter) == 0) {
                    missing.add(counter);
                }
            }
            return missing;
        }
    }

    private Campaign() {}

    /**
     * @param firstSeed the first of {@code seeds} seeds that follow each other
     * @param progress told after each run
     */
    public static Result run(
            ProtocolUnderTest protocol, SimulationOptions options, long firstSeed, long seeds, Progress progress) {
        return run(
                new Simulation(protocol, options),
                "--protocol " + protocol.name(),
                options,
                firstSeed,
                seeds,
                progress);
    }

    /** As {@link #run}, with a bug planted, under the conditions in which it is hunted. */
    public static Result hunt(ProtocolUnderTest protocol, PlantedBug bug, long firstSeed, long seeds) {
        return run(
                new Simulation(protocol, bug),
                "--protocol " + protocol.name() + " --bug " + bug.name(),
                bug.conditions(),
                firstSeed,
                seeds,
                (runs, events) -> {});
    }

    private static Result run(
            Simulation simulation,
            String what,
            SimulationOptions options,
            long firstSeed,
            long seeds,
            Progress progress) {
        Counters counters = new Counters();
        long events = 0;
        long hash = 0;
        for (long i = 0; i < seeds; i++) {
            RunResult result = simulation.run(firstSeed + i);
            counters.add(result.counters());
            events += result.events();
            hash += result.hash();
            progress.ran(i + 1, events);
            if (result.failure() != null) {
                return new Result(i + 1, events, hash, counters, result, replay(what, options, result.seed()));
            }
        }
        return new Result(seeds, events, hash, counters, null, "");
    }

    /** What a campaign with all faults must have seen. */
    public static Set<Counter> expected(ProtocolUnderTest protocol, SimulationOptions options) {
        Set<Counter> expected = EnumSet.allOf(Counter.class);
        expected.removeAll(protocol.foreign());
        Set<Fault> faults = options.faults();
        drop(expected, faults, Fault.LOSS, Counter.DROPPED);
        drop(expected, faults, Fault.DUPLICATION, Counter.DUPLICATED);
        drop(expected, faults, Fault.PARTITION, Counter.PARTITIONS);
        drop(expected, faults, Fault.ONE_WAY_PARTITION, Counter.ONE_WAY_PARTITIONS);
        drop(expected, faults, Fault.CRASH, Counter.CRASHES, Counter.RESTARTS, Counter.CRASHES_THAT_LOST_WRITES);
        drop(expected, faults, Fault.CRASH, Counter.LOST_DISKS, Counter.RECOVERIES);
        drop(expected, faults, Fault.LOST_DISK, Counter.LOST_DISKS, Counter.RECOVERIES);
        drop(expected, faults, Fault.SLOW_DISK, Counter.CRASHES_THAT_LOST_WRITES);
        drop(expected, faults, Fault.PRUNING, Counter.SNAPSHOTS_FETCHED, Counter.SNAPSHOTS_INSTALLED);
        // Correct validators propose nothing that the application refuses.
        drop(
                expected,
                faults,
                Fault.BYZANTINE,
                Counter.BYZANTINE_VALIDATORS,
                Counter.ACCUSATIONS,
                Counter.EVIDENCE_COMMITTED,
                Counter.REFUSED,
                Counter.REFUSED_BY_APPLICATION);
        if (!faults.contains(Fault.PARTITION) && !faults.contains(Fault.ONE_WAY_PARTITION)) {
            expected.remove(Counter.CUT_BY_PARTITION);
        }
        // Clients always have work, so nothing rests unless they are cut off; chaos makes the rest likely, not certain.
        expected.remove(Counter.RESTS);
        return expected;
    }

    private static void drop(Set<Counter> expected, Set<Fault> faults, Fault fault, Counter... counters) {
        if (!faults.contains(fault)) {
            List.of(counters).forEach(expected::remove);
        }
    }

    private static String replay(String what, SimulationOptions options, long seed) {
        List<String> words = new ArrayList<>();
        words.add("./parley simulate " + what);
        words.add("--validators " + options.validators());
        words.add("--blocks " + options.blocks());
        if (options.faults().size() < Fault.values().length) {
            StringBuilder names = new StringBuilder();
            for (Fault fault : Fault.values()) {
                if (options.faults().contains(fault)) {
                    names.append(names.isEmpty() ? "" : ",").append(fault.name().toLowerCase(java.util.Locale.ROOT));
                }
            }
            words.add("--faults " + (names.isEmpty() ? "none" : names));
        }
        options.byzantine()
                .forEach((validator, behaviours) ->
                        behaviours.forEach(name -> words.add("--byzantine " + validator + "=" + name)));
        options.adversary().ifPresent(name -> words.add("--adversary " + name));
        words.add("--seed " + seed);
        return String.join(" ", words);
    }
}
