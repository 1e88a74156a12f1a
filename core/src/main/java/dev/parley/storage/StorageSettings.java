package dev.parley.storage;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

/**
 * What of the log is kept, read from {@code parley.storage} in the configuration.
 *
 * @param memoryMaxBytes of the log in memory
 * @param keepBlocks below the newest snapshot, on disk
 * @param snapshotBlocks a snapshot is taken at each height that this divides, or less often where the state is large: {@link #isSnapshotDue}
 * @param snapshotBytes and whenever all blocks together have come to one more multiple of this, or less often
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
     * Whether a snapshot is to be taken after a block: by the log alone, so that all validators take the same ones. Where the last snapshot has more
     * than {@code snapshotBytes}, both distances are doubled until that one has not: so snapshots of a busy log come to no more than its
     * commands. That depends on the last snapshot by its size alone, and validators that differ in which one that was find to each other: of
     * two distances the longer one's multiples are among those of the shorter one.
     *
     * @param orderedBytes of all blocks up to and with this one
     * @param blockBytes of this one
     * @param lastSnapshotBytes of the last snapshot before; 0 for none
     */
    public boolean isSnapshotDue(long height, long orderedBytes, long blockBytes, long lastSnapshotBytes) {
        long blocks = snapshotBlocks;
        long bytes = snapshotBytes;
        while (bytes < lastSnapshotBytes) {
            bytes *= 2;
            blocks = blocks > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : blocks * 2;
        }
        return height % blocks == 0 || orderedBytes / bytes > (orderedBytes - blockBytes) / bytes;
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
