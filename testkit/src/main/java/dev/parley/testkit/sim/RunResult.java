package dev.parley.testkit.sim;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one run went.
 *
 * @param swarm what the seed drew
 * @param byzantine the behaviours by validator
 * @param micros virtual time at the end
 * @param hash of all that happened
 * @param failure null if nothing was wrong
 */
public record RunResult(
        long seed,
        Swarm swarm,
        Map<Integer, List<String>> byzantine,
        long events,
        long micros,
        long hash,
        Counters counters,
        @Nullable Failure failure) {
    /**
     * @param event the number of the event at which it showed, from 1
     * @param oracle the property that does not hold
     */
    public record Failure(long event, long micros, String oracle, String what) {}

    /** The hash as it is printed. */
    public String hashText() {
        return String.format("%016x", hash);
    }
}
