package dev.parley.storage;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.crypto.MerkleTree;
import dev.parley.storage.RocksDatabase.Changes;
import dev.parley.storage.RocksDatabase.Family;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest snapshots of a {@link RocksStorage}, each in chunks with its manifest written last: without that they are nothing. Reading is
 * thread-safe; one thread at a time changes them.
 */
final class RocksSnapshots {
    /** Past the index of every chunk: the manifest. */
    private static final int MANIFEST = -1;

    /** A snapshot that is whole, and the hashes of its chunks. */
    private record Kept(SnapshotManifest manifest, List<Digest> chunks, MerkleTree tree) {
        private Kept(SnapshotManifest manifest, List<Digest> chunks) {
            this(manifest, chunks, SnapshotManifest.tree(chunks));
        }

        private long height() {
            return manifest.height();
        }
    }

    /** What there is once a change is written. */
    final class Next {
        private final List<Kept> after;

        private Next(List<Kept> after) {
            this.after = List.copyOf(after);
        }

        /** The height of the oldest that stays. */
        long oldest() {
            return after.getLast().height();
        }

        /** It is written: readers find these from now on. */
        void written() {
            kept = after;
        }
    }

    private final RocksDatabase database;
    private final SnapshotsInUse inUse = new SnapshotsInUse();
    /** The newest first, at most {@link Storage#MAX_SNAPSHOTS}. */
    private volatile List<Kept> kept;

    /** @throws StorageException if what is there is damaged */
    RocksSnapshots(RocksDatabase database) {
        this.database = database;
        this.kept = find();
    }

    private List<Kept> find() {
        List<Kept> found = new ArrayList<>();
        byte[] last = database.lastKey(Family.SNAPSHOTS, null);
        try {
            while (last != null && found.size() < Storage.MAX_SNAPSHOTS) {
                BinaryReader key = new BinaryReader(last);
                long height = key.i64();
                BinaryReader value = key.i32() == MANIFEST ? database.get(Family.SNAPSHOTS, last) : null;
                if (value != null) {
                    found.add(readManifest(value));
                }
                // Past all chunks: a key without an index goes before those that have one.
                last = database.lastKey(Family.SNAPSHOTS, key(height));
            }
            return List.copyOf(found);
        } catch (MalformedException e) {
            throw database.damaged("holds a snapshot that cannot be read: " + e.getMessage(), e);
        }
    }

    private static Kept readManifest(BinaryReader in) throws MalformedException {
        SnapshotManifest manifest = SnapshotManifest.read(in);
        List<Digest> chunks = new ArrayList<>();
        for (int i = 0; i < manifest.chunks(); i++) {
            chunks.add(Digest.read(in));
        }
        in.end();
        Kept kept = new Kept(manifest, List.copyOf(chunks));
        if (!kept.tree().root().equals(manifest.root())) {
            throw new MalformedException("the hashes of its chunks do not lead to its root");
        }
        return kept;
    }

    // Reading

    /** The newest first. */
    List<SnapshotManifest> manifests() {
        return kept.stream().map(Kept::manifest).toList();
    }

    /** All of the newest; null if there is none. */
    @Nullable Snapshot newest() {
        List<Kept> all = kept;
        if (all.isEmpty()) {
            return null;
        }
        SnapshotManifest manifest = all.getFirst().manifest();
        byte[] content = new byte[manifest.length()];
        for (int i = 0; i < manifest.chunks(); i++) {
            byte[] bytes = chunkBytes(all.getFirst(), i);
            if (bytes == null) {
                throw database.damaged("lacks a chunk of the snapshot of height " + manifest.height(), null);
            }
            System.arraycopy(bytes, 0, content, i * manifest.chunkBytes(), bytes.length);
        }
        return Snapshot.of(manifest.height(), manifest.block(), content, manifest.chunkBytes());
    }

    /** Null if there is no such snapshot, or no such chunk. */
    @Nullable SnapshotChunk chunk(SnapshotManifest manifest, int index) {
        for (Kept each : kept) {
            if (each.manifest().equals(manifest) && index >= 0 && index < manifest.chunks()) {
                inUse.asked(manifest.height());
                byte[] bytes = chunkBytes(each, index);
                return bytes == null
                        ? null
                        : new SnapshotChunk(index, each.tree().path(index), bytes);
            }
        }
        return null;
    }

    /** Null if the snapshot has gone meanwhile. */
    private byte @Nullable [] chunkBytes(Kept of, int index) {
        SnapshotManifest manifest = of.manifest();
        try {
            BinaryReader in = database.get(Family.SNAPSHOTS, key(manifest.height(), index));
            if (in == null) {
                return null;
            }
            byte[] bytes = in.raw(manifest.chunkLength(index));
            in.end();
            if (!Digest.sha256(bytes).equals(of.chunks().get(index))) {
                throw database.damaged(
                        "holds a snapshot of height " + manifest.height() + " whose hash is another", null);
            }
            return bytes;
        } catch (MalformedException e) {
            throw database.damaged(
                    "holds a snapshot of height " + manifest.height() + " that cannot be read: " + e.getMessage(), e);
        }
    }

    // Writing

    /** Whether a snapshot of this height is higher than all. */
    boolean isNewer(long height) {
        List<Kept> all = kept;
        return all.isEmpty() || all.getFirst().height() < height;
    }

    /** Writes the chunks, each by itself: nothing speaks of them yet, and they are nothing if a crash comes between. */
    void saveChunks(Snapshot snapshot) {
        for (int i = 0; i < snapshot.manifest().chunks(); i++) {
            try (Changes chunk = database.change()) {
                byte[] bytes = snapshot.chunkBytes(i);
                chunk.put(
                        Family.SNAPSHOTS,
                        key(snapshot.height(), i),
                        RocksDatabase.buffer(bytes.length).raw(bytes));
                chunk.write();
            }
        }
    }

    /** Adds one that is newer, whose chunks are saved; of the others those that are in use stay. */
    Next add(Changes changes, Snapshot snapshot) {
        List<Kept> after = new ArrayList<>(List.of(putManifest(changes, snapshot)));
        after.addAll(inUse.staying(kept, Kept::height));
        // What is between those that stay: others, and what is left of those that never were whole.
        long oldest = snapshot.height();
        for (Kept each : after.subList(1, after.size())) {
            changes.deleteRange(Family.SNAPSHOTS, key(each.height() + 1), key(oldest));
            oldest = each.height();
        }
        changes.deleteRange(Family.SNAPSHOTS, key(0), key(oldest));
        return new Next(after);
    }

    /** Puts one that is newer, whose chunks are saved, in the place of all. */
    Next replace(Changes changes, Snapshot snapshot) {
        Kept only = putManifest(changes, snapshot);
        changes.deleteRange(Family.SNAPSHOTS, key(0), key(snapshot.height()));
        return new Next(List.of(only));
    }

    private static Kept putManifest(Changes changes, Snapshot snapshot) {
        BinaryWriter out = RocksDatabase.buffer(1024);
        snapshot.manifest().write(out);
        snapshot.chunkHashes().forEach(hash -> hash.write(out));
        changes.put(Family.SNAPSHOTS, key(snapshot.height(), MANIFEST), out);
        return new Kept(snapshot.manifest(), snapshot.chunkHashes());
    }

    private static byte[] key(long height) {
        return new BinaryWriter(8).i64(height).toByteArray();
    }

    private static byte[] key(long height, int index) {
        return new BinaryWriter(12).i64(height).i32(index).toByteArray();
    }
}
