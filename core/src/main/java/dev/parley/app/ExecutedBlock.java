package dev.parley.app;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import java.util.List;
import java.util.Optional;

/** A decided block with what its commands gave. Immutable. */
public final class ExecutedBlock {
    /** Block time in milliseconds since 1970, never less than the block's before. */
    private final long timeMillis;

    private final List<Evidence> convicted;
    private final List<Command> commands;
    private final List<Outcome> outcomes;
    private final BlockResults results;

    ExecutedBlock(
            long height,
            BlockId block,
            long timeMillis,
            List<Evidence> convicted,
            List<Command> commands,
            List<Outcome> outcomes,
            Digest previousRoot,
            Optional<Digest> stateHash) {
        this.timeMillis = timeMillis;
        this.convicted = List.copyOf(convicted);
        this.commands = List.copyOf(commands);
        this.outcomes = List.copyOf(outcomes);
        this.results = new BlockResults(height, block, previousRoot, commands, outcomes, stateHash);
    }

    public long height() {
        return results.height();
    }

    public BlockId block() {
        return results.block();
    }

    /** Block time in milliseconds since 1970. */
    public long timeMillis() {
        return timeMillis;
    }

    /** The evidence that convicted a validator, told to the state machine before the commands. */
    public List<Evidence> convicted() {
        return convicted;
    }

    /** In the order of execution. */
    public List<Command> commands() {
        return commands;
    }

    /** One for each command. */
    public List<Outcome> outcomes() {
        return outcomes;
    }

    /** What validators sign. */
    public Digest root() {
        return results.root();
    }

    /** What is kept when the commands are no longer needed. */
    public BlockResults results() {
        return results;
    }

    /**
     * Whether validators vote on the root of this height. They do not where a block gave nothing that a client or an operator asks for: the
     * next root on which they vote covers it, since each root covers the one before.
     */
    public boolean isVotedOn() {
        return !commands.isEmpty()
                || !convicted.isEmpty()
                || results.stateHash().isPresent();
    }
}
