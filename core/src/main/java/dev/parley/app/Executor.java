package dev.parley.app;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.crypto.Digest;
import dev.parley.log.CommandId;
import java.util.Optional;

/**
 * Runs decided blocks through the state machine, in order. Not thread-safe.
 *
 * @param <C> commands
 * @param <R> results
 * @param <S> snapshots
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Executor<C, R, S> {
    /** An outcome with its proof. */
    public record Answer(ExecutedBlock block, int index) {
        public Outcome outcome() {
            return block.outcomes().get(index);
        }

        public ResultProof proof() {
            return block.proof(index);
        }
    }

    public Executor(Application<C, R, S> application, ExecutorSettings settings) {}

    /**
     * Executes the next block.
     *
     * @throws IllegalArgumentException if it is not the next height or its payload is no {@link dev.parley.log.CommandBatch}
     * @throws Error what the state machine threw: out of memory, stack overflow. It does not happen at the same place everywhere, so
     *     the validator must stop
     */
    public ExecutedBlock execute(DecidedBlock block) {
        throw new UnsupportedOperationException();
    }

    /** The last executed height; 0 before the first. */
    public long height() {
        throw new UnsupportedOperationException();
    }

    /** The last executed block. */
    public BlockId block() {
        throw new UnsupportedOperationException();
    }

    /** The last executed block's time in milliseconds since 1970; 0 before the first. */
    public long timeMillis() {
        throw new UnsupportedOperationException();
    }

    /** The root at {@link #height}. */
    public Digest root() {
        throw new UnsupportedOperationException();
    }

    /** A copy of the table of executed commands: what a mempool goes on from. */
    public SessionTable sessions() {
        throw new UnsupportedOperationException();
    }

    /** What a command gave, while it is among what is kept. */
    public Optional<Answer> answer(CommandId id) {
        throw new UnsupportedOperationException();
    }

    /** What a late block gave, while it is among what is kept. */
    public Optional<ExecutedBlock> recent(long height) {
        throw new UnsupportedOperationException();
    }

    public R query(C query) {
        throw new UnsupportedOperationException();
    }

    /** Admission by the state machine: why a command is refused, or empty. */
    public Optional<String> check(byte[] content) {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 over the encoded snapshot and the session table. */
    public Digest stateHash() {
        throw new UnsupportedOperationException();
    }

    /** All that execution goes on from: height, block, root, sessions, the state machine's snapshot. */
    public byte[] snapshotBytes() {
        throw new UnsupportedOperationException();
    }

    /**
     * Goes on from a snapshot; hold {@link #height}, {@link #root} and {@link #stateHash} against a certificate afterwards where
     * it came from a peer.
     *
     * @throws MalformedException if it is not one; nothing has changed then
     */
    public void restore(byte[] snapshot) throws MalformedException {
        throw new UnsupportedOperationException();
    }
}
