package dev.parley.consensus.observe;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.ValidatorId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened in one validator. A view is whatever the protocol counts by, view, round or epoch, as a number that rises as
 * time goes on; {@link dev.parley.consensus.ConsensusProtocol#viewName} says what people call it.
 */
public sealed interface Observation {
    /** What moved the validator there, such as {@code QC} or {@code TC}, and who leads, null where nobody does */
    record ViewEntered(long view, @Nullable ValidatorId leader, String cause) implements Observation {}

    record Proposed(long view, long height, BlockId block, boolean empty) implements Observation {}

    record ProposalReceived(long view, long height, BlockId block, ValidatorId proposer) implements Observation {}

    /** A vote of a kind such as {@code vote}, {@code prevote}, {@code precommit}; the block is null for nil. */
    record Voted(String kind, long view, @Nullable BlockId block) implements Observation {}

    /** The validator had a proposal and did not vote for it. */
    record VoteWithheld(long view, BlockId block, String why) implements Observation {}

    /** @param kind such as {@code QC}, {@code TC}, {@code polka} */
    record CertificateFormed(
            String kind, long view, @Nullable BlockId block, Set<ValidatorId> signers) implements Observation {}

    record Locked(long view, BlockId block) implements Observation {}

    record TimedOut(String timer, long view, long delayMillis) implements Observation {}

    record Decided(long view, long height, BlockId block, boolean empty) implements Observation {}

    /** Nothing to order and nothing to finish: no view is opened, no timer runs. */
    record Resting(long view) implements Observation {}

    /**
     * A common coin that nobody knew before came out.
     *
     * @param instance the proposer about whom is agreed
     * @param round of that agreement, from 0
     */
    record Tossed(long view, ValidatorId instance, int round, boolean side) implements Observation {}

    record Fetching(BlockId block, ValidatorId from) implements Observation {}

    record CaughtUp(long fromHeight, long toHeight) implements Observation {}

    /** No peer asked has the next block any more: the validator fetches a snapshot that a weak quorum vouches for. */
    record FetchingSnapshot(long height, long bytes) implements Observation {}

    /** The validator goes on from a snapshot that peers made, of this height. */
    record SnapshotInstalled(long height) implements Observation {}

    /** A weak quorum vouches for a snapshot that the application does not take: it is not fetched again. */
    record SnapshotUnusable(long height, String why) implements Observation {}

    record Refused(Refusal refusal) implements Observation {}

    record Accused(Evidence evidence) implements Observation {}

    /** A decided block holds evidence: its culprit is convicted for all who read the log. */
    record Convicted(long height, Evidence evidence) implements Observation {}

    /**
     * The validator's disk was lost, or new: it may have signed what it does not know of any more, so it signs nothing of consensus until
     * {@code until}.
     */
    record Recovering(String until) implements Observation {}

    /** It signs again, from the height above this one on. */
    record Recovered(long height) implements Observation {}

    /** The validator makes no progress although work waits; {@code report} says why. */
    record Stalled(String report) implements Observation {}

    /** The validator stops for good. */
    record Stopped(String why) implements Observation {}
}
