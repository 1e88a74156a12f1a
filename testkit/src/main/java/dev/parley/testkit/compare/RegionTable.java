package dev.parley.testkit.compare;

import dev.parley.testkit.sim.ProtocolUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Latency with one validator in each of several regions of a cloud. */
final class RegionTable {
    static final List<Integer> SIZES = List.of(4, 10, 15);
    static final List<String> HEADER = List.of(
            "protocol",
            "n",
            "mean ms",
            "median ms",
            "95 % below ms",
            "best region ms",
            "worst region ms",
            "ms between blocks");

    private static final int COMMANDS_PER_REGION = 20;
    private static final Duration BETWEEN_COMMANDS = Duration.ofMillis(101);
    /** Time-outs of the test kit suit delays of a few milliseconds; these are up to 204. */
    private static final int PATIENCE = 10;

    private RegionTable() {}

    static List<String> row(ProtocolUnderTest protocol, int size) {
        Regions regions = Regions.load();
        Testbed testbed = new Testbed(protocol, regions.links(regions.chosen(size)), 4096, PATIENCE);
        testbed.runFor(Duration.ofSeconds(1));
        List<Testbed.Flight> flights = new ArrayList<>();
        int heightBefore = testbed.marks().size();
        long begun = testbed.now();
        for (int i = 0; i < size * COMMANDS_PER_REGION; i++) {
            flights.add(testbed.bring(i % size));
            testbed.runFor(BETWEEN_COMMANDS);
        }
        double blocks = testbed.marks().size() - heightBefore;
        double betweenBlocks = (testbed.now() - begun) / blocks;
        testbed.runUntil(() -> flights.stream().allMatch(Testbed.Flight::isDecidedByAll));
        double[] all = new double[flights.size()];
        double[] regional = new double[size];
        for (int i = 0; i < all.length; i++) {
            all[i] = flights.get(i).until(i % size);
            regional[i % size] += all[i] / COMMANDS_PER_REGION;
        }
        double mean = Arrays.stream(all).average().orElseThrow();
        Arrays.sort(all);
        return Table.row(
                protocol.name(),
                size,
                millis(mean),
                millis(all[all.length / 2]),
                millis(all[all.length * 95 / 100]),
                millis(Arrays.stream(regional).min().orElseThrow()),
                millis(Arrays.stream(regional).max().orElseThrow()),
                millis(betweenBlocks));
    }

    private static long millis(double micros) {
        return Math.round(micros / 1000);
    }
}
