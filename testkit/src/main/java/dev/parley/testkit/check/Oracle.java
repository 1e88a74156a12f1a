package dev.parley.testkit.check;

import dev.parley.app.ExecutedBlock;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import dev.parley.consensus.observe.Observation;
import dev.parley.log.Command;
import java.util.List;

/**
 * One property, checked at every event that bears on it. Told of correct validators alone, but for {@link #submitted}; validators are
 * given by index. Each method throws {@link Violation} when the property is broken. One object serves one run.
 */
public interface Oracle {
    /** A client made a command. */
    default void submitted(Command command) {}

    /** A core took an input and answered. */
    default void stepped(int validator, Input input, List<Effect> effects) {}

    /**
     * A message of a core leaves its validator; messages leave in the order in which the core asked for them.
     *
     * @param durableRecords how many records have become durable since the last restart
     */
    default void leaves(int validator, long durableRecords) {}

    default void signed(int validator, byte[] statement) {}

    /** The next block of a validator's log, durable there. */
    default void decided(int validator, DecidedBlock block) {}

    default void executed(int validator, ExecutedBlock block) {}

    default void accused(int validator, Evidence evidence) {}

    default void observed(int validator, Observation observation) {}

    /** A validator lost what was not durable and begins anew with what was. */
    default void restarted(int validator, Restored restored) {}

    /**
     * The disk of a validator that is down is gone, with its log and all records. What it said before binds it nevertheless; what it knew, it
     * has forgotten. It is told next what it decides, again from the first height on or from one {@link #installed}, and of its steps
     * when it takes part again. Told before {@link #restarted}.
     */
    default void lostDisk(int validator) {}

    /** A validator goes on from a snapshot of its peers: the block is its log, durable. Told before {@link #restarted}. */
    default void installed(int validator, DecidedBlock block) {}

    /** From now on messages arrive, and at most f validators are down or faulty. */
    default void healed() {}
}
