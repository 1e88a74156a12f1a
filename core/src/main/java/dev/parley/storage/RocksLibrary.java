package dev.parley.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;

/**
 * RocksDB's native library. RocksDB by itself copies it to a file, 16 MB, that goes when the process ends in good order: one that is killed
 * leaves it behind, each time. Here the file goes as soon as it is loaded.
 */
final class RocksLibrary {
    private static boolean loaded;

    private RocksLibrary() {}

    /**
     * Loads it unless it is loaded, which has to be before any class of RocksDB is used. Thread-safe.
     *
     * @throws StorageException if it cannot be copied to the temporary directory
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        try {
            Path directory = Files.createTempDirectory("parley-rocksdb");
            // For a system that does not let go of what is loaded. What is registered later, the library, goes first.
            directory.toFile().deleteOnExit();
            NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
            loaded = true;
            discard(directory);
        } catch (IOException e) {
            throw new StorageException(
                    "RocksDB's library of 16 MB cannot be copied to " + System.getProperty("java.io.tmpdir")
                            + "; make room there or set java.io.tmpdir",
                    e);
        }
    }

    private static void discard(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!file.toFile().delete()) {
                    return;
                }
            }
        }
        Files.deleteIfExists(directory);
    }
}
