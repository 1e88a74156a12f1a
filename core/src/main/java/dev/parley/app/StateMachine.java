package dev.parley.app;

import dev.parley.consensus.Evidence;
import java.util.List;
import java.util.Optional;

/**
 * The application: a deterministic machine that every validator runs on the same commands in the same order.
 *
 * <p>Whatever {@link #apply} does must follow from the state, the command and the {@link Context} alone: no clock, no randomness, no
 * iteration over hash order, no thread, no I/O. Validators sign what each block gave; one whose results differ from what others
 * have certified stops and names the height and the command. All methods are called by one thread at a time.
 *
 * <p>An exception thrown by {@code apply} becomes that command's result, the same at all validators: throw
 * {@link CommandFailedException} to tell the client why; of any other exception the client learns the class alone, since messages
 * may differ between machines. The state is kept as {@code apply} left it, so check before you change.
 *
 * @param <C> commands
 * @param <R> results
 * @param <S> snapshots of the whole state
 */
public interface StateMachine<C, R, S> {
    /** Executes a command. */
    R apply(C command, Context context);

    /**
     * Answers from the current state without changing it and without the log: one validator's word, perhaps behind the others.
     *
     * @throws UnsupportedOperationException unless overridden
     */
    default R query(C query) {
        throw new UnsupportedOperationException(getClass().getName() + " answers no queries; submit a command instead");
    }

    /** The whole state; equal states give equal snapshots, byte for byte once encoded: use sorted or insertion-ordered maps. */
    S snapshot();

    /** Replaces the whole state. */
    void restore(S snapshot);

    /**
     * Admission to the mempool: a cheap look at one command before it costs anything. Not a promise about {@link #apply}, which is
     * called later on another state.
     *
     * @return why the command is refused, or empty
     */
    default Optional<String> check(C command) {
        return Optional.empty();
    }

    /**
     * May the commands be proposed as one block? Asked of this validator's own proposals and of others', once a pool's rules are met; a
     * refusal means no vote (a vote for nil, where the protocol has one). A machine that does not override this is never asked.
     *
     * <p>The state is the one after the last block that was decided when the question came, or a later one. Where a proposal's
     * parent is decided (Tendermint) that is the state after the parent, the same at all validators, and the answer is binding as far
     * as it follows from state, commands and context alone. Where the parent is undecided (chained HotStuff) the undecided ancestors'
     * commands are not in the state and validators may ask at different states: the check is advisory there, {@link #apply} must bear
     * whatever comes, and an answer that changes with every block can cost progress. What a quorum has accepted is not asked about.
     * Ordering waits for execution where the application is asked.
     *
     * <p>A correct validator proposes what it accepts itself: of what waits it leaves out, in order, what this method refuses together
     * with the commands before. What is left out waits on and is tried again after the next block of commands and about every
     * {@code parley.mempool.regossip-after}, until it expires. What this method accepts of some commands it should accept of fewer.
     *
     * @param commands those that decode, in order, one or more; not to be executed and not to be kept
     * @return why they are refused, or empty; an exception is a refusal
     */
    default Optional<String> checkProposal(List<C> commands, BlockContext context) {
        return Optional.empty();
    }

    /**
     * A validator was convicted of breaking the protocol: the block holds evidence against it, which a quorum has verified. Called
     * before the block's commands, once for each culprit in the epoch, in the order of the block; what it does must be as
     * deterministic as {@link #apply}. An exception is logged and changes nothing else, the same at all validators; the state is kept
     * as this method left it.
     *
     * @param evidence proves that {@link Evidence#culprit} signed two statements that contradict each other
     */
    default void convicted(Evidence evidence, BlockContext context) {}
}
