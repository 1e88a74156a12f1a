package dev.parley.storage;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.crypto.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What execution goes on from, instead of the blocks up to a height. Immutable. */
public final class Snapshot {
    private final SnapshotManifest manifest;
    private final List<Digest> chunkHashes;
    private final byte[] content;

    private Snapshot(SnapshotManifest manifest, List<Digest> chunkHashes, byte[] content) {
        this.manifest = manifest;
        this.chunkHashes = chunkHashes;
        this.content = content;
    }

    /**
     * Hashes the content.
     *
     * @param height of the last block that it covers, 1 or more
     * @param block the block of that height
     * @param content by {@code Executor.snapshotBytes}; not copied, not to be changed
     * @param chunkBytes what a chunk has, as in {@link SnapshotManifest}
     */
    public static Snapshot of(long height, BlockId block, byte[] content, int chunkBytes) {
        List<Digest> hashes = new ArrayList<>();
        for (int at = 0; at < content.length; at += chunkBytes) {
            hashes.add(Digest.sha256(Arrays.copyOfRange(content, at, Math.min(content.length, at + chunkBytes))));
        }
        return new Snapshot(
                SnapshotManifest.of(height, block, content.length, chunkBytes, hashes), List.copyOf(hashes), content);
    }

    public SnapshotManifest manifest() {
        return manifest;
    }

    public long height() {
        return manifest.height();
    }

    /** Not a copy, not to be changed. */
    public byte[] content() {
        return content;
    }

    List<Digest> chunkHashes() {
        return chunkHashes;
    }

    /** A copy of a chunk's bytes. */
    byte[] chunkBytes(int index) {
        int at = index * manifest.chunkBytes();
        return Arrays.copyOfRange(content, at, at + manifest.chunkLength(index));
    }

    /** @param index of one that there is */
    SnapshotChunk chunk(int index) {
        return new SnapshotChunk(index, SnapshotManifest.tree(chunkHashes).path(index), chunkBytes(index));
    }

    /** @throws IllegalArgumentException if a log of this height cannot go on from this and the block */
    void requireFits(DecidedBlock block, long lastHeight) {
        if (block.height() != height() || !block.id().equals(manifest.block()) || height() <= lastHeight) {
            throw new IllegalArgumentException(
                    "a log of height " + lastHeight + " cannot go on from the snapshot of height " + height()
                            + " and block " + block.id() + " of height " + block.height());
        }
    }
}
