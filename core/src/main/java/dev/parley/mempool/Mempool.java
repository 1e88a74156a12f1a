package dev.parley.mempool;

import dev.parley.app.SessionTable;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The commands that wait to be ordered, and those in blocks that are not decided yet. Not thread-safe.
 *
 * <p>Nothing that was accepted is dropped silently: a command leaves by {@link #decided} or is handed back by {@link #expire}.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Mempool {
    /** An empty pool before the first block. */
    public Mempool(MempoolSettings settings) {}

    /**
     * Goes on after a decided block; what waits is kept, undecided blocks are forgotten.
     *
     * @param timeMillis that block's time
     * @param ordered the commands ordered up to and with that block; taken over, not copied
     */
    public void restore(BlockId decided, long timeMillis, SessionTable ordered) {
        throw new UnsupportedOperationException();
    }

    /**
     * @param peer who gossiped the command, or null if a client brought it to this validator
     * @param nowMillis this validator's clock
     */
    public Admission admit(Command command, @Nullable ValidatorId peer, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /**
     * Remembers an undecided block. Does nothing if it is known or decided.
     *
     * @return false if its parent is neither registered nor the last decided block: nothing is remembered
     */
    public boolean register(BlockId block, BlockId parent, CommandBatch payload) {
        throw new UnsupportedOperationException();
    }

    /**
     * A payload for a child of {@code parent}: what waits and is not in an undecided ancestor, by lane, then by arrival. Block time
     * is the later of the parent's and {@code nowMillis}.
     *
     * @return empty if nothing is to be ordered and not {@code evenIfEmpty}, or if the parent is not known. The batch is empty in
     *     spite of {@code evenIfEmpty} being false where commands wait that have expired: a later block time settles them.
     */
    public Optional<CommandBatch> build(BlockId parent, long nowMillis, boolean evenIfEmpty) {
        throw new UnsupportedOperationException();
    }

    /** Registers the block and holds its payload against the rules; a block once accepted stays so. */
    public Verdict check(BlockId block, BlockId parent, CommandBatch payload, long nowMillis) {
        throw new UnsupportedOperationException();
    }

    /**
     * The next block is decided, registered before or not: its commands leave the pool, and blocks that do not descend from it are
     * forgotten.
     */
    public void decided(BlockId block, CommandBatch payload, long height) {
        throw new UnsupportedOperationException();
    }

    /**
     * Removes what can never be ordered any more.
     *
     * @param blockTimeMillis of the last decided block, not of a clock: a command whose time is over by the clock may still be in a
     *     block on the way
     */
    public List<Withdrawn> expire(long blockTimeMillis) {
        throw new UnsupportedOperationException();
    }

    /** Whether commands wait here that no decided block holds. */
    public boolean hasPending() {
        throw new UnsupportedOperationException();
    }

    /** Whether commands wait here that neither a decided block nor {@code tip} or its ancestors hold. */
    public boolean hasPending(BlockId tip) {
        throw new UnsupportedOperationException();
    }

    /**
     * Local commands that wait since {@code intervalMillis} or longer, since they came or since they were last returned here.
     *
     * @param max the most that are returned, oldest first
     */
    public List<Command> pendingOlderThan(long intervalMillis, long nowMillis, int max) {
        throw new UnsupportedOperationException();
    }

    /** Commands that wait. */
    public int size() {
        throw new UnsupportedOperationException();
    }

    /** Encoded bytes of the commands that wait. */
    public long sizeBytes() {
        throw new UnsupportedOperationException();
    }
}
