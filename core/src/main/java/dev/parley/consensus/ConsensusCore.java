package dev.parley.consensus;

import java.util.List;

/**
 * One validator's part in one protocol, for one epoch: a pure, deterministic state machine. The same inputs in the same order
 * give the same effects, in the actor, in the simulator and in a replay. Not thread-safe; never blocks; throws only on a defect
 * of its own, after which it must not be used.
 */
public interface ConsensusCore {
    /** @return what to do, in order; the first input is {@link Input.Start} */
    List<Effect> handle(Input input);

    /** Why this validator is where it is: cheap enough to ask at any moment. */
    CoreReport report();
}
