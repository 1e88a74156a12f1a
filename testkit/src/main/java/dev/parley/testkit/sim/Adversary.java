package dev.parley.testkit.sim;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One that has the network and some validators in its hand and uses both together.
 *
 * @param name for command lines and scenarios, such as {@code coin}
 * @param byzantine the behaviours of the validators that it has
 * @param scheduler made for each cluster, with those validators Byzantine; throws IllegalArgumentException for a cluster of another size
 */
public record Adversary(
        String name, Map<Integer, List<String>> byzantine, Function<SimulatedCluster, Scheduler> scheduler) {
    public Adversary {
        byzantine = Map.copyOf(byzantine);
    }
}
