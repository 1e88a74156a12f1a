package dev.parley.consensus;

import java.util.List;

/** What can happen to a consensus core, one at a time. */
public sealed interface Input {
    /** The first input, once: what was kept before a restart, or nothing. */
    record Start(Restored restored) implements Input {}

    /** A message whose sender is authenticated and which passed {@link MessageVerifier#verify}. */
    record Received(ValidatorId from, ConsensusMessage message) implements Input {}

    record TimerFired(TimerId timer) implements Input {}

    /** The answer to {@link Effect.RequestPayload}. */
    record PayloadReady(long ticket, Payload payload) implements Input {}

    /** The answer to {@link Effect.CheckPayload}: whether the pool's rules, the bounds on block time and the application accept it. */
    record PayloadChecked(BlockId block, boolean accepted) implements Input {}

    /**
     * Nothing was decided for a while, in which messages may have been lost. The shell's clock says so, as that of a link would that sends
     * again until it hears: a core that has time-outs of its own need not care, one that has none asks its peers to say again what they said.
     */
    record LinksDoubtful() implements Input {}

    /** The answer to {@link Effect.Compute}. */
    record Computed(long ticket, Computation.Result result) implements Input {}

    /** Whether commands or evidence wait that no decided block holds: an idle core wakes by it, a busy one keeps its timers. */
    record WorkPending(boolean pending) implements Input {}

    /**
     * Blocks that peers decided, in order of height from the next one on, each certificate verified. None if the core asked by
     * {@link Effect.CatchUp} and nobody delivered.
     */
    record CaughtUp(List<DecidedBlock> blocks) implements Input {}
}
