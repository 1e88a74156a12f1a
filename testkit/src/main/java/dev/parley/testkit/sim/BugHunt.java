package dev.parley.testkit.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How many seeds it takes to catch a planted bug: the test of the tests. */
public final class BugHunt {
    /**
     * What hunting one bug from several first seeds gave.
     *
     * @param seeds how many each hunt took, in rising order
     * @param missed hunts that gave up
     * @param oracles which properties caught it, and how often
     */
    public record Row(PlantedBug bug, List<Long> seeds, int missed, Map<String, Integer> oracles) {
        public Row {
            seeds = List.copyOf(seeds);
            oracles = Collections.unmodifiableMap(new TreeMap<>(oracles));
        }

        /** Of all hunts; those that gave up count as the bug's bound. */
        public long median() {
            return seeds.get(seeds.size() / 2);
        }

        /** A line of the table in the documentation. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %d | %d | %s |",
                    bug.name(),
                    bug.what(),
                    median(),
                    seeds.getLast(),
                    String.join(", ", oracles.keySet()));
        }
    }

    private BugHunt() {}

    /** @param ranges how many disjoint ranges of seeds, each of the bug's bound */
    public static Row measure(ProtocolUnderTest protocol, PlantedBug bug, int ranges) {
        List<Long> seeds = new ArrayList<>();
        Map<String, Integer> oracles = new TreeMap<>();
        int missed = 0;
        for (int range = 0; range < ranges; range++) {
            Campaign.Result result = Campaign.hunt(protocol, bug, 1 + (long) range * bug.maxSeeds(), bug.maxSeeds());
            seeds.add(result.runs());
            RunResult found = result.firstViolation();
            if (found == null || found.failure() == null) {
                missed++;
            } else {
                oracles.merge(found.failure().oracle(), 1, Integer::sum);
            }
        }
        Collections.sort(seeds);
        return new Row(bug, seeds, missed, oracles);
    }

    /** The table for the documentation; arguments are the protocol's name and the number of ranges. */
    public static void main(String[] args) {
        ProtocolUnderTest protocol = ProtocolUnderTest.named(args[0]);
        int ranges = Integer.parseInt(args[1]);
        System.out.println("| bug | what is broken | seeds (median) | seeds (worst) | caught by |");
        System.out.println("|---|---|---|---|---|");
        for (PlantedBug bug : protocol.bugs()) {
            Row row = measure(protocol, bug, ranges);
            System.out.println(row + (row.missed() > 0 ? " missed " + row.missed() : ""));
        }
    }
}
