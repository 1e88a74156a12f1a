package dev.parley.testkit.sim;

import dev.parley.consensus.ConsensusProtocol;
import java.util.EnumSet;

/**
 * A protocol with one rule broken on purpose, to see that the simulator notices.
 *
 * @param name for command lines, such as {@code quorum-of-2f}
 * @param what is broken, in a sentence
 * @param broken the protocol as all validators run it
 * @param conditions under which it is hunted
 * @param maxSeeds it is caught within so many seeds
 */
public record PlantedBug(
        String name, String what, ConsensusProtocol broken, SimulationOptions conditions, int maxSeeds) {
    /** Conditions for bugs that show anywhere: all faults, but logs stay whole, for what is pruned has nothing to do with rules. */
    public static final SimulationOptions ANYWHERE =
            SimulationOptions.DEFAULTS.withFaults(EnumSet.complementOf(EnumSet.of(Fault.PRUNING)));
}
