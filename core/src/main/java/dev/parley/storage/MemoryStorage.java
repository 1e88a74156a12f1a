package dev.parley.storage;

import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Restored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk that is as durable as the process: for tests, demonstrations and benchmarks. Keeps the newest blocks up to a bound in bytes and
 * prunes older ones, and those that snapshots make needless. Thread-safe.
 */
public final class MemoryStorage implements Storage {
    /** What a block costs besides its payload, in bytes, for the bound. */
    private static final int BLOCK_OVERHEAD_BYTES = 1024;

    private final long maxBytes;
    private final long keepBlocks;
    private final Map<RecordKey, ConsensusRecord> records = new LinkedHashMap<>();
    private final ArrayList<@Nullable DecidedBlock> blocks = new ArrayList<>();
    private final ArrayDeque<Integer> sizes = new ArrayDeque<>();
    private int pruned;
    private long bytes;
    private long base;
    /** The newest first. */
    private final ArrayDeque<Snapshot> snapshots = new ArrayDeque<>();

    private final SnapshotsInUse inUse = new SnapshotsInUse();

    /** @param maxBytes of decided blocks to keep; at least the newest is always kept */
    public MemoryStorage(long maxBytes) {
        this(maxBytes, Long.MAX_VALUE);
    }

    /** @param keepBlocks so many blocks below the newest snapshot are kept, if the bound in bytes allows */
    public MemoryStorage(long maxBytes, long keepBlocks) {
        this.maxBytes = maxBytes;
        this.keepBlocks = keepBlocks;
    }

    @Override
    public synchronized Restored load() {
        return new Restored(List.copyOf(records.values()), blocks.isEmpty() ? null : blocks.getLast());
    }

    @Override
    public synchronized void write(List<Write> batch) {
        for (Write write : batch) {
            switch (write) {
                case Write.Put put -> records.put(put.key(), put.record());
                case Write.Remove remove -> records.remove(remove.key());
                case Write.Append append -> append(append.block());
                case Write.Certify certify -> {
                    DecidedBlock block = find(certify.height());
                    if (block != null) {
                        blocks.set(
                                index(certify.height()),
                                new DecidedBlock(
                                        block.height(),
                                        block.id(),
                                        block.parent(),
                                        block.proposer(),
                                        block.view(),
                                        block.payload(),
                                        certify.certificate()));
                    }
                }
            }
        }
    }

    @Override
    public synchronized List<DecidedBlock> read(long fromHeight, int maxBlocks, long maxReadBytes) {
        List<DecidedBlock> found = new ArrayList<>();
        long size = 0;
        for (long height = fromHeight; found.size() < maxBlocks && size < maxReadBytes; height++) {
            DecidedBlock block = find(height);
            if (block == null) {
                break;
            }
            found.add(block);
            size += block.payload().sizeBytes();
        }
        return found;
    }

    @Override
    public synchronized @Nullable Snapshot snapshot() {
        return snapshots.peekFirst();
    }

    @Override
    public synchronized List<SnapshotManifest> snapshots() {
        return snapshots.stream()
                .map(Snapshot::manifest)
                .filter(manifest -> manifest.height() >= firstHeight())
                .toList();
    }

    @Override
    public synchronized @Nullable SnapshotChunk chunk(SnapshotManifest manifest, int index) {
        for (Snapshot snapshot : snapshots) {
            if (snapshot.manifest().equals(manifest) && index >= 0 && index < manifest.chunks()) {
                inUse.asked(manifest.height());
                return snapshot.chunk(index);
            }
        }
        return null;
    }

    @Override
    public synchronized void save(Snapshot newest) {
        Snapshot before = snapshots.peekFirst();
        if (before == null || before.height() < newest.height()) {
            List<Snapshot> staying = inUse.staying(List.copyOf(snapshots), Snapshot::height);
            snapshots.clear();
            snapshots.add(newest);
            snapshots.addAll(staying);
            long first = Math.min(snapshots.getLast().height(), newest.height() + 1 - keepBlocks);
            while (firstHeight() < first && sizes.size() > 1) {
                pruneOldest();
            }
            compact();
        }
    }

    @Override
    public synchronized void install(Snapshot snapshot, DecidedBlock block) {
        snapshot.requireFits(block, lastHeight());
        snapshots.clear();
        snapshots.add(snapshot);
        blocks.clear();
        sizes.clear();
        bytes = 0;
        pruned = 0;
        base = block.height() - 1;
        append(block);
    }

    /** It is as old as the process. */
    @Override
    public boolean isRecovering() {
        return false;
    }

    @Override
    public void recovered() {}

    @Override
    public boolean blocks() {
        return false;
    }

    /** Does nothing: what is kept is there for whoever opens it again. */
    @Override
    public void close() {}

    @Override
    public synchronized long firstHeight() {
        return base + pruned + 1;
    }

    @Override
    public synchronized long lastHeight() {
        return base + blocks.size();
    }

    private void append(DecidedBlock block) {
        if (block.height() != lastHeight() + 1) {
            throw new IllegalStateException(
                    "block " + block.height() + " cannot follow a log of height " + lastHeight());
        }
        int size = BLOCK_OVERHEAD_BYTES + block.payload().sizeBytes();
        blocks.add(block);
        sizes.add(size);
        bytes += size;
        while (bytes > maxBytes && sizes.size() > 1) {
            pruneOldest();
        }
        compact();
    }

    private void pruneOldest() {
        bytes -= sizes.remove();
        blocks.set(pruned++, null);
    }

    private void compact() {
        if (pruned > 1024 && pruned > blocks.size() / 2) {
            blocks.subList(0, pruned).clear();
            base += pruned;
            pruned = 0;
        }
    }

    private @Nullable DecidedBlock find(long height) {
        return height <= base || height > lastHeight() ? null : blocks.get(index(height));
    }

    private int index(long height) {
        return Math.toIntExact(height - base - 1);
    }
}
