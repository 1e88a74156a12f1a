package dev.parley.validator;

import dev.parley.app.Executor;
import dev.parley.consensus.DecidedBlock;
import dev.parley.storage.Snapshot;
import dev.parley.storage.Storage;
import dev.parley.storage.StorageSettings;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Takes snapshots of the state every so many blocks or bytes, on the executor's thread, and saves them beside it. One is saved at a time: where the
 * disk is slow there are fewer.
 */
final class Snapshots {
    private final Storage storage;
    private final StorageSettings settings;
    private final java.util.concurrent.Executor disk;
    private final Consumer<String> failed;
    private final AtomicBoolean saving = new AtomicBoolean();
    private long blocks;
    private long bytes;

    /** @param failed told that one could not be saved, from any thread */
    Snapshots(Storage storage, StorageSettings settings, java.util.concurrent.Executor disk, Consumer<String> failed) {
        this.storage = storage;
        this.settings = settings;
        this.disk = disk;
        this.failed = failed;
    }

    /** The executor has executed one more block. */
    void executed(Executor<?, ?, ?> executor, DecidedBlock block) {
        blocks++;
        bytes += block.payload().sizeBytes();
        boolean due = blocks >= settings.snapshotBlocks() || bytes >= settings.snapshotBytes();
        if (due && saving.compareAndSet(false, true)) {
            blocks = 0;
            bytes = 0;
            Snapshot snapshot = new Snapshot(executor.height(), executor.snapshotBytes());
            disk.execute(() -> {
                try {
                    storage.save(snapshot);
                } catch (RuntimeException e) {
                    failed.accept(
                            "the snapshot of height " + snapshot.height() + " cannot be saved: " + e.getMessage());
                } finally {
                    saving.set(false);
                }
            });
        }
    }
}
