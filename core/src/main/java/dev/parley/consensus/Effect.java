package dev.parley.consensus;

import dev.parley.consensus.observe.Observation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a consensus core asks of the world, in the order in which it asks. */
public sealed interface Effect {
    /** To one other validator; the network may lose it. */
    record Send(ValidatorId to, ConsensusMessage message) implements Effect {}

    /** To all other validators; what the core tells itself it handles itself. */
    record Broadcast(ConsensusMessage message) implements Effect {}

    /** Durable before any message or accusation that follows it, in this step or a later one, leaves this validator. */
    record Persist(RecordKey key, ConsensusRecord record) implements Effect {}

    /** The record is not needed after a restart any more. Messages do not wait for it to go: after a crash it may be back. */
    record Forget(RecordKey key) implements Effect {}

    record StartTimer(TimerId timer, Duration delay) implements Effect {}

    record CancelTimer(TimerId timer) implements Effect {}

    /**
     * Asks for a payload for a child of {@code parent}. Answered by {@link Input.PayloadReady} with the same ticket: at once if
     * {@code evenIfEmpty}, else as soon as there is a command or evidence to order. A later request withdraws an earlier one.
     *
     * @param sample which commands it is to hold; null for all that fit into a block
     */
    record RequestPayload(
            long ticket,
            BlockId parent,
            boolean evenIfEmpty,
            @Nullable Sample sample) implements Effect {
        public RequestPayload(long ticket, BlockId parent, boolean evenIfEmpty) {
            this(ticket, parent, evenIfEmpty, null);
        }
    }

    /**
     * Registers a block's payload under its parent, which was registered before or is decided, and asks whether it is acceptable
     * there. Answered by {@link Input.PayloadChecked}. With {@code certified} a quorum has accepted it already and the answer is
     * always yes.
     */
    record CheckPayload(BlockId block, BlockId parent, Payload payload, boolean certified) implements Effect {}

    /**
     * Has heavy work done elsewhere. Answered by {@link Input.Computed} with the same ticket, in any order, once, unless this validator
     * ends before. The core bounds how many are under way.
     *
     * @param ticket of none that is under way
     */
    record Compute(long ticket, Computation work) implements Effect {}

    /**
     * The next height is decided. The application gets the block when it is durable. Messages do not wait for that: a core that is restarted
     * may be back below the height of which it spoke last. If it has what it recorded after this, it has the block too.
     */
    record Decide(DecidedBlock block) implements Effect {}

    /** A decided height has a (better) certificate now. */
    record Certify(long height, Certificate certificate) implements Effect {}

    /** Peers have decided up to {@code height}, or so one says: fetch and verify the blocks from the next one on. */
    record CatchUp(long height, ValidatorId source) implements Effect {}

    /** Somebody has provably broken the protocol: peers are told, and a block commits the evidence once. */
    record Accuse(Evidence evidence) implements Effect {}

    /** Something that people or meters want to know; never acted on. */
    record Observe(Observation observation) implements Effect {}
}
