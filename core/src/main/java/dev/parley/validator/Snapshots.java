package dev.parley.validator;

import dev.parley.app.Executor;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.storage.Snapshot;
import dev.parley.storage.Storage;
import dev.parley.storage.StorageSettings;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of the state on the executor's thread, at heights that follow from the log alone, so that those of all validators are
 * equal, and saves them beside it. One is saved at a time; of those that come meanwhile the newest waits.
 */
final class Snapshots {
    @SuppressWarnings("ArrayRecordComponent") // private, never compared
    private record Taken(long height, BlockId block, byte[] content) {}

    private final Storage storage;
    private final StorageSettings settings;
    private final java.util.concurrent.Executor disk;
    private final Consumer<String> failed;
    private boolean saving;
    private @Nullable Taken waiting;

    /** @param failed told that one could not be saved, from any thread */
    Snapshots(Storage storage, StorageSettings settings, java.util.concurrent.Executor disk, Consumer<String> failed) {
        this.storage = storage;
        this.settings = settings;
        this.disk = disk;
        this.failed = failed;
    }

    /** The executor has executed one more block. */
    void executed(Executor<?, ?, ?> executor, DecidedBlock block) {
        if (settings.isSnapshotDue(
                block.height(), executor.orderedBytes(), block.payload().sizeBytes(), executor.lastSnapshotBytes())) {
            save(new Taken(block.height(), block.id(), executor.snapshotBytes()));
        }
    }

    private synchronized void save(Taken taken) {
        if (saving) {
            waiting = taken;
        } else {
            saving = true;
            disk.execute(() -> write(taken));
        }
    }

    private void write(Taken taken) {
        try {
            storage.save(Snapshot.of(taken.height(), taken.block(), taken.content(), settings.snapshotChunkBytes()));
        } catch (RuntimeException e) {
            failed.accept("the snapshot of height " + taken.height() + " cannot be saved: " + e.getMessage());
        }
        synchronized (this) {
            Taken next = waiting;
            waiting = null;
            saving = next != null;
            if (next != null) {
                disk.execute(() -> write(next));
            }
        }
    }
}
