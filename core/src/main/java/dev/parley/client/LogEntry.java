package dev.parley.client;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import java.util.List;

/**
 * One height of the replicated log. Immutable.
 *
 * @param height from 1, without gaps
 * @param parent the entry below, {@link BlockId#GENESIS} for the first
 * @param view the view, round or epoch in which it was proposed
 * @param blockTimeMillis milliseconds since 1970 as agreed, never less than the entry's below
 * @param evidence against validators that broke the protocol, almost always none; each culprit is convicted once
 * @param commands in the order of execution, perhaps none
 * @param certificate proves the decision to anybody who knows the validator set
 */
public record LogEntry(
        long height,
        BlockId id,
        BlockId parent,
        ValidatorId proposer,
        long view,
        long blockTimeMillis,
        List<Evidence> evidence,
        List<Command> commands,
        Certificate certificate) {
    /** @throws IllegalArgumentException if the block's payload is no batch of commands */
    public static LogEntry of(DecidedBlock block) {
        if (!(block.payload() instanceof CommandBatch batch)) {
            throw new IllegalArgumentException("block " + block.height() + " carries no commands");
        }
        return new LogEntry(
                block.height(),
                block.id(),
                block.parent(),
                block.proposer(),
                block.view(),
                batch.timeMillis(),
                batch.evidence(),
                batch.commands(),
                block.certificate());
    }

    /**
     * The entry as the protocol knows it: {@link dev.parley.consensus.ConsensusProtocol#refuteDecision} holds it against its certificate,
     * with nothing but the validator set.
     */
    public DecidedBlock decided() {
        return new DecidedBlock(
                height, id, parent, proposer, view, new CommandBatch(blockTimeMillis, evidence, commands), certificate);
    }
}
