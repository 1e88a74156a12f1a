package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import java.util.List;
import java.util.random.RandomGenerator;

/** What one corrupted core does with its honest half's answers. One object for each core. */
@FunctionalInterface
public interface Mischief {
    /**
     * @param input what the shell gives
     * @return what the honest half is given instead
     */
    default Input hear(Input input) {
        return input;
    }

    /**
     * @param input what the core was given, as {@link #hear} left it
     * @param effects what an honest core would do; not to be changed
     * @return what is done instead
     */
    List<Effect> act(Input input, List<Effect> effects);

    /** Makes the mischief of one core. */
    @FunctionalInterface
    interface Factory {
        Mischief begin(ConsensusSetup setup, RandomGenerator random);
    }
}
