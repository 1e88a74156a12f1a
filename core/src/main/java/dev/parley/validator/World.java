package dev.parley.validator;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Computation;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Payload;
import dev.parley.consensus.Sample;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ValidatorEngine} needs of its surroundings: an actor gives it in production, the simulator in simulation. Nothing in
 * here calls back into the engine before the engine's method has returned.
 */
public interface World {
    void send(ValidatorId to, PeerMessage message);

    void broadcast(PeerMessage message);

    /** Starts a timer, anew if it runs; {@link ValidatorEngine#timerFired} is called once unless it is cancelled or started anew. */
    void startTimer(TimerId timer, Duration delay);

    void cancelTimer(TimerId timer);

    /** Makes a batch durable, whole; {@link ValidatorEngine#durable} with the same number is called when it is. Batches are durable in order. */
    void write(long number, List<Storage.Write> batch);

    /** Sends a peer {@link PeerMessage.Entries} with blocks of this validator's log, as {@link Storage#read}; perhaps later, perhaps not. */
    void serve(ValidatorId to, long fromHeight, int maxBlocks, long maxBytes);

    /** Sends a peer {@link PeerMessage.Snapshots}: those of {@link Storage#snapshots}, signed; perhaps later, perhaps not. */
    void serveSnapshots(ValidatorId to);

    /** Sends a peer a {@link PeerMessage.Chunk}, or, if it is not there, what {@link #serveSnapshots} sends; perhaps later, perhaps not. */
    void serveChunk(ValidatorId to, SnapshotManifest manifest, int index);

    /**
     * Goes on from a snapshot that was fetched: this engine ends, and another one begins with what {@link Storage#install} leaves on the disk.
     * If the application does not take it, or the log has come as far, {@link ValidatorEngine#snapshotRefused} is called instead.
     *
     * @param content proven by the manifest; not copied, not changed any more
     * @param block the snapshot's, proven by its certificate
     */
    void install(SnapshotManifest manifest, byte[] content, DecidedBlock block);

    /** As {@link dev.parley.consensus.Effect.RequestPayload}; answered by {@link ValidatorEngine#payloadReady}. */
    void requestPayload(long ticket, BlockId parent, boolean evenIfEmpty, @Nullable Sample sample);

    /**
     * As {@link dev.parley.consensus.Effect.CheckPayload}; answered by {@link ValidatorEngine#payloadChecked} or {@link
     * ValidatorEngine#payloadRefused}.
     */
    void checkPayload(BlockId block, BlockId parent, Payload payload, boolean certified);

    /**
     * Runs the work on no thread that the engine runs on, unless that costs nothing; {@link ValidatorEngine#computed} with the same ticket
     * is called once it is done. If it throws, the validator ends as if the core had.
     */
    void compute(long ticket, Computation work);

    /**
     * The next block is decided, perhaps not yet durable: for whoever answers {@link #requestPayload} and {@link #checkPayload}, which
     * may build on it from now on.
     */
    void ordered(DecidedBlock block);

    /** The next block of the log, durable: for all that others can see. */
    void decided(DecidedBlock block);

    /** The core has found this evidence: for the pool, for peers, and for a block. */
    void accuse(Evidence evidence);

    void observe(Observation observation);
}
