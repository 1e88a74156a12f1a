package dev.parley.storage;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

/**
 * What of the log is kept, read from {@code parley.storage} in the configuration.
 *
 * @param memoryMaxBytes of the log in memory
 * @param keepBlocks below the newest snapshot, on disk
 * @param snapshotBlocks a snapshot is taken after so many blocks
 * @param snapshotBytes or after so many bytes of blocks
 */
public record StorageSettings(long memoryMaxBytes, long keepBlocks, long snapshotBlocks, long snapshotBytes) {
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
                atLeast(storage, "snapshot-bytes", storage.getBytes("snapshot-bytes"), 1));
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
