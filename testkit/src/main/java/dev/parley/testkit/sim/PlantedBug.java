package dev.parley.testkit.sim;

import dev.parley.consensus.ConsensusProtocol;
import java.util.EnumSet;

/**
 * A protocol, or the shell around it, with one rule broken on purpose, to see that the simulator notices.
 *
 * @param name for command lines, such as {@code quorum-of-2f}
 * @param what is broken, in a sentence
 * @param broken the protocol as all validators run it
 * @param shell that they run it in
 * @param conditions under which it is hunted
 * @param maxSeeds it is caught within so many seeds
 */
public record PlantedBug(
        String name, String what, ConsensusProtocol broken, Shell shell, SimulationOptions conditions, int maxSeeds) {
    /** What is around a core. */
    public enum Shell {
        SOUND,
        /** A validator that has lost its disk takes part at once, as if it had never signed. */
        SIGNS_AT_ONCE
    }

    /**
     * Conditions for bugs that show anywhere: all faults, but disks and logs stay whole, for what is lost or pruned has nothing to do with
     * rules.
     */
    public static final SimulationOptions ANYWHERE =
            SimulationOptions.DEFAULTS.withFaults(EnumSet.complementOf(EnumSet.of(Fault.PRUNING, Fault.LOST_DISK)));

    /** Conditions for bugs of those that have lost their disks: of four validators none may lose one if another is Byzantine. */
    public static final SimulationOptions LOST_DISKS =
            SimulationOptions.DEFAULTS.withFaults(EnumSet.complementOf(EnumSet.of(Fault.PRUNING, Fault.BYZANTINE)));

    /** A bug of the protocol, in a sound shell. */
    public PlantedBug(String name, String what, ConsensusProtocol broken, SimulationOptions conditions, int maxSeeds) {
        this(name, what, broken, Shell.SOUND, conditions, maxSeeds);
    }

    /** The one bug that needs no broken protocol. */
    public static PlantedBug signsAtOnce(ConsensusProtocol sound, int maxSeeds) {
        return new PlantedBug(
                "signs-after-lost-disk",
                "a validator that has lost its disk takes part at once",
                sound,
                Shell.SIGNS_AT_ONCE,
                LOST_DISKS,
                maxSeeds);
    }
}
