package dev.parley.testkit.sim;

import java.util.Locale;

/**
 * Runs seeds for a while and says how many runs a CPU-hour gives. By hand: {@code java … SimulationBenchmark hotstuff 1 5000}, which are
 * protocol, first seed, number of seeds.
 */
final class SimulationBenchmark {
    private SimulationBenchmark() {}

    public static void main(String[] args) {
        ProtocolUnderTest protocol = ProtocolUnderTest.named(args[0]);
        long first = Long.parseLong(args[1]);
        long seeds = Long.parseLong(args[2]);
        SimulationOptions options =
                SimulationOptions.DEFAULTS.withValidators(args.length > 3 ? Integer.parseInt(args[3]) : 4);
        long start = System.nanoTime();
        long events = 0;
        Counters counters = new Counters();
        int failed = 0;
        Simulation simulation = new Simulation(protocol, options);
        for (long seed = first; seed < first + seeds; seed++) {
            RunResult result = simulation.run(seed);
            events += result.events();
            counters.add(result.counters());
            if (result.failure() != null) {
                failed++;
                if (failed <= 3) {
                    System.out.println(seed + " " + result.swarm() + " " + result.byzantine() + " " + result.failure());
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%d runs in %.1f s: %.2f ms a run, %.0f events a run, %.0f events a second, %.0f runs an hour; %d failed%n%s",
                seeds,
                seconds,
                seconds * 1000 / seeds,
                (double) events / seeds,
                events / seconds,
                seeds / seconds * 3600,
                failed,
                counters);
    }
}
