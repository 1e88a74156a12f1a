package dev.parley.storage;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

/**
 * What of the log is kept, read from {@code parley.storage} in the configuration.
 *
 * @param memoryMaxBytes of the log in memory
 * @param keepBlocks below the newest snapshot, on disk
 * @param snapshotBlocks a snapshot is taken at each height that this divides
 * @param snapshotBytes and whenever all blocks together have come to one more multiple of this
 * @param snapshotChunkBytes what a chunk of a snapshot has
 */
public record StorageSettings(
        long memoryMaxBytes, long keepBlocks, long snapshotBlocks, long snapshotBytes, int snapshotChunkBytes) {
    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static StorageSettings of(Config config) {
        Config storage = config.getConfig("parley.storage");
        return new StorageSettings(
                storage.getBytes("memory-max-bytes"),
                atLeast(storage, "keep-blocks", storage.getLong("keep-blocks"), 0),
                atLeast(storage, "snapshot-blocks", storage.getLong("snapshot-blocks"), 1),
                atLeast(storage, "snapshot-bytes", storage.getBytes("snapshot-bytes"), 1),
                chunkBytes(storage));
    }

    /**
     * Whether a snapshot is to be taken after a block: by the log alone, so that all validators take the same ones.
     *
     * @param orderedBytes of all blocks up to and with this one
     * @param blockBytes of this one
     */
    public boolean isSnapshotDue(long height, long orderedBytes, long blockBytes) {
        return height % snapshotBlocks == 0
                || orderedBytes / snapshotBytes > (orderedBytes - blockBytes) / snapshotBytes;
    }

    private static int chunkBytes(Config storage) {
        long bytes = storage.getBytes("snapshot-chunk-bytes");
        if (bytes < SnapshotManifest.MIN_CHUNK_BYTES || bytes > SnapshotManifest.MAX_CHUNK_BYTES) {
            throw new ConfigException.BadValue(
                    storage.getValue("snapshot-chunk-bytes").origin(),
                    "parley.storage.snapshot-chunk-bytes",
                    "is " + SnapshotManifest.MIN_CHUNK_BYTES + " to " + SnapshotManifest.MAX_CHUNK_BYTES + ", not "
                            + bytes);
        }
        return (int) bytes;
    }

    private static long atLeast(Config storage, String name, long value, long least) {
        if (value < least) {
            throw new ConfigException.BadValue(
                    storage.getValue(name).origin(),
                    "parley.storage." + name,
                    "is " + least + " or more, not " + value);
        }
        return value;
    }
}
