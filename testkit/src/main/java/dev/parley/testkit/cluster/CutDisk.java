package dev.parley.testkit.cluster;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Restored;
import dev.parley.storage.Snapshot;
import dev.parley.storage.SnapshotChunk;
import dev.parley.storage.SnapshotManifest;
import dev.parley.storage.Storage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A validator's disk whose power can be cut in the middle of a write: the write fails, nothing that depends on it leaves the validator, and when the
 * disk is opened again it has the first bytes of that write, or those and zeros, and all that was durable before. Thread-safe as storages are.
 */
final class CutDisk implements Storage {
    private final Storage disk;
    private final Path database;
    private final SplittableRandom random;
    private volatile boolean cutting;
    private volatile @Nullable Tear tear;

    /** What is to be done to the log of writes once nobody has it open. */
    private record Tear(Path log, long before, long after) {}

    /** @param database the folder of the validator's database */
    CutDisk(Storage disk, Path database, long seed) {
        this.disk = disk;
        this.database = database;
        this.random = new SplittableRandom(seed);
    }

    /** From now on the next write is cut, and none after it is made. */
    void cut() {
        cutting = true;
    }

    @Override
    public void write(List<Write> batch) {
        if (!cutting) {
            disk.write(batch);
            return;
        }
        if (tear == null) {
            Path log = log();
            long before = size(log);
            disk.write(batch);
            tear = new Tear(log, before, size(log));
        }
        throw new UncheckedIOException(new IOException("the power is cut"));
    }

    /** The database's log of writes is its newest file of that kind. */
    private Path log() {
        try (Stream<Path> files = Files.list(database)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        disk.close();
        Tear torn = tear;
        if (torn != null && Files.exists(torn.log())) {
            long at = random.nextLong(torn.before(), torn.after() + 1);
            try (RandomAccessFile file = new RandomAccessFile(torn.log().toFile(), "rw")) {
                if (random.nextBoolean()) {
                    file.setLength(at);
                } else {
                    file.seek(at);
                    file.write(new byte[Math.toIntExact(torn.after() - at)]);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public Restored load() {
        return disk.load();
    }

    @Override
    public List<DecidedBlock> read(long fromHeight, int maxBlocks, long maxBytes) {
        return disk.read(fromHeight, maxBlocks, maxBytes);
    }

    @Override
    public @Nullable Snapshot snapshot() {
        return disk.snapshot();
    }

    @Override
    public List<SnapshotManifest> snapshots() {
        return disk.snapshots();
    }

    @Override
    public @Nullable SnapshotChunk chunk(SnapshotManifest manifest, int index) {
        return disk.chunk(manifest, index);
    }

    @Override
    public void save(Snapshot snapshot) {
        if (!cutting) {
            disk.save(snapshot);
        }
    }

    @Override
    public void install(Snapshot snapshot, DecidedBlock block) {
        if (cutting) {
            throw new UncheckedIOException(new IOException("the power is cut"));
        }
        disk.install(snapshot, block);
    }

    @Override
    public boolean isRecovering() {
        return disk.isRecovering();
    }

    @Override
    public void recovered() {
        if (!cutting) {
            disk.recovered();
        }
    }

    @Override
    public boolean blocks() {
        return disk.blocks();
    }

    @Override
    public long firstHeight() {
        return disk.firstHeight();
    }

    @Override
    public long lastHeight() {
        return disk.lastHeight();
    }
}
