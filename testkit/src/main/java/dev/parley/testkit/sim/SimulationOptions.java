package dev.parley.testkit.sim;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is asked of simulated runs; the seed draws the rest.
 *
 * @param validators 4 to 63
 * @param blocks a run ends when all correct validators have decided so many, after healing
 * @param faults that may happen
 * @param byzantine behaviours by validator; where empty, the seed may draw some if {@link Fault#BYZANTINE} is among the faults
 * @param drawn the names of behaviours to draw from; empty for all
 * @param adversary the name of one that has the network, and validators that are Byzantine whatever is said of them here
 */
public record SimulationOptions(
        int validators,
        int blocks,
        Set<Fault> faults,
        Map<Integer, List<String>> byzantine,
        List<String> drawn,
        Optional<String> adversary) {
    /** Four validators, 50 blocks, all faults. */
    public static final SimulationOptions DEFAULTS =
            new SimulationOptions(4, 50, EnumSet.allOf(Fault.class), Map.of(), List.of(), Optional.empty());

    public SimulationOptions {
        if (validators < 4 || validators > 63) {
            throw new IllegalArgumentException("4 to 63 validators can be simulated, not " + validators);
        }
        if (blocks < 1) {
            throw new IllegalArgumentException("a run decides 1 block or more, not " + blocks);
        }
        faults = faults.isEmpty() ? Set.of() : Set.copyOf(faults);
        byzantine = Map.copyOf(byzantine);
        drawn = List.copyOf(drawn);
    }

    public SimulationOptions withValidators(int number) {
        return new SimulationOptions(number, blocks, faults, byzantine, drawn, adversary);
    }

    public SimulationOptions withBlocks(int number) {
        return new SimulationOptions(validators, number, faults, byzantine, drawn, adversary);
    }

    public SimulationOptions withFaults(Set<Fault> only) {
        return new SimulationOptions(validators, blocks, only, byzantine, drawn, adversary);
    }

    public SimulationOptions withByzantine(int validator, String... behaviours) {
        Map<Integer, List<String>> more = new TreeMap<>(byzantine);
        more.put(validator, List.of(behaviours));
        return new SimulationOptions(validators, blocks, faults, more, drawn, adversary);
    }

    /** Byzantine validators, where the seed draws any, behave in one of these ways. */
    public SimulationOptions withDrawn(String... behaviours) {
        return new SimulationOptions(validators, blocks, faults, byzantine, List.of(behaviours), adversary);
    }

    /** The network is in this adversary's hand, and so are its validators. */
    public SimulationOptions withAdversary(String name) {
        return new SimulationOptions(validators, blocks, faults, byzantine, drawn, Optional.of(name));
    }

    /** f, for equal validators. */
    public int mayFail() {
        return (validators - 1) / 3;
    }
}
