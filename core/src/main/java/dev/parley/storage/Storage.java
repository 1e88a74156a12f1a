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

    /** The newest snapshot that was {@linkplain #save saved}, whole; null if there is none. */
    @Nullable Snapshot snapshot();

    /**
     * Keeps a snapshot in the place of the one before; older blocks that it makes needless may be pruned. Durable on return. Thread-safe:
     * it may run beside {@link #write}.
     *
     * @throws java.io.UncheckedIOException if it is not durable, or may not be
     */
    void save(Snapshot snapshot);

    /** Whether {@link #write} and {@link #save} may block for a disk. */
    boolean blocks();

    /** The lowest height that can still be read, 1 unless older blocks were pruned. */
    long firstHeight();

    /** The highest height, 0 for an empty log. */
    long lastHeight();

    /** Lets go of the disk, if there is one; nothing is lost. */
    @Override
    void close();
}
