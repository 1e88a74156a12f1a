package dev.parley.storage;

import dev.parley.consensus.Certificate;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Restored;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One validator's disk. A batch is written whole or not at all, and is durable when {@link #write} returns; a failure to write is final: the
 * validator stops. Writing is done by one thread; reading is thread-safe.
 */
public interface Storage extends AutoCloseable {
    /** One change, part of a batch. */
    sealed interface Write {
        record Put(RecordKey key, ConsensusRecord record) implements Write {}

        record Remove(RecordKey key) implements Write {}

        /** The next height of the log. */
        record Append(DecidedBlock block) implements Write {}

        /** A (better) certificate of a height of the log. */
        record Certify(long height, Certificate certificate) implements Write {}
    }

    /** What was durable when the validator last stopped, however it stopped. */
    Restored load();

    /** @throws java.io.UncheckedIOException if the batch is not durable, or may not be */
    void write(List<Write> batch);

    /**
     * Blocks of the log in order of height, from {@code fromHeight} on.
     *
     * @param maxBlocks at most so many
     * @param maxBytes no further block once their payloads reach this size; the first is always given
     * @return empty if there is no block of that height (yet, or any more)
     */
    List<DecidedBlock> read(long fromHeight, int maxBlocks, long maxBytes);

    /** More snapshots are never kept, and none longer than until there are so many newer ones. */
    int MAX_SNAPSHOTS = 8;

    /** The newest snapshot that was {@linkplain #save saved} or {@linkplain #install installed}, whole; null if there is none. */
    @Nullable Snapshot snapshot();

    /** The snapshots whose block can be read too, the newest first: what a peer can go on from. At most {@link #MAX_SNAPSHOTS}. */
    List<SnapshotManifest> snapshots();

    /**
     * A chunk of a snapshot.
     *
     * @return null if there is no such snapshot (any more), or it has no such chunk
     */
    @Nullable SnapshotChunk chunk(SnapshotManifest manifest, int index);

    /**
     * Keeps a snapshot, the one before it, and of older ones those of which a {@link #chunk} was asked for since the last call, until
     * there are {@link #MAX_SNAPSHOTS} newer ones; blocks that they make needless may be pruned. One that is not newer than what is kept is left out. Durable on return. Thread-safe: it may run beside {@link #write}.
     *
     * @throws java.io.UncheckedIOException if it is not durable, or may not be
     */
    void save(Snapshot snapshot);

    /**
     * Goes on from a snapshot that others made, instead of the log, which has not come so far: from now on the log is the snapshot's block
     * and the snapshot is the only one; the protocol's records stay. All of it is durable on return, or nothing has changed. As {@link
     * #write}, by one thread.
     *
     * @throws IllegalArgumentException if the block is not the snapshot's, or the log has come as far
     * @throws java.io.UncheckedIOException if it is not durable, or may not be
     */
    void install(Snapshot snapshot, DecidedBlock block);

    /**
     * Whether the validator may have signed what is not in here: the disk was lost, or nobody has said that it is the first one. Nothing of
     * consensus is to be signed until {@link #recovered}.
     */
    boolean isRecovering();

    /**
     * Whatever was signed and lost binds no more. Durable on return, or not; then it is to be found out again. As {@link #write}, by one
     * thread.
     */
    void recovered();

    /** Whether {@link #write}, {@link #save} and {@link #install} may block for a disk. */
    boolean blocks();

    /** The lowest height that can still be read, 1 unless older blocks were pruned. */
    long firstHeight();

    /** The highest height, 0 for an empty log. */
    long lastHeight();

    /** Lets go of the disk, if there is one; nothing is lost. */
    @Override
    void close();
}
