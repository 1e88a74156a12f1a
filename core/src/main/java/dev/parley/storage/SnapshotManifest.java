package dev.parley.storage;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.BlockId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.MerkleTree;
import dev.parley.crypto.SigningDomain;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot is, in few bytes: validators sign it, and each chunk of the snapshot is held against it on its own. Immutable.
 *
 * @param height of the last block that the snapshot covers, 1 or more
 * @param block the block of that height
 * @param length of the snapshot in bytes, 1 or more
 * @param chunkBytes of each chunk but the last, {@link #MIN_CHUNK_BYTES} to {@link #MAX_CHUNK_BYTES}
 * @param root of the {@link MerkleTree} whose leaves are the SHA-256 hashes of the chunks. How many there are follows from the length,
 *     which is signed with it
 */
public record SnapshotManifest(long height, BlockId block, int length, int chunkBytes, Digest root) {
    /** The kind of statement that is signed. */
    public static final String KIND = "execution.snapshot";

    public static final int MIN_CHUNK_BYTES = 16;
    public static final int MAX_CHUNK_BYTES = 1 << 20;

    /** The binary form's size. */
    public static final int BYTES = 8 + Digest.BYTES + 4 + 4 + Digest.BYTES;

    public SnapshotManifest {
        String wrong = wrong(height, length, chunkBytes);
        if (wrong != null) {
            throw new IllegalArgumentException(wrong);
        }
    }

    private static @Nullable String wrong(long height, int length, int chunkBytes) {
        if (height < 1) {
            return "a snapshot covers height 1 or more, not " + height;
        }
        if (length < 1) {
            return "a snapshot has 1 byte or more, not " + length;
        }
        return chunkBytes < MIN_CHUNK_BYTES || chunkBytes > MAX_CHUNK_BYTES
                ? "a chunk has " + MIN_CHUNK_BYTES + " to " + MAX_CHUNK_BYTES + " bytes, not " + chunkBytes
                : null;
    }

    static SnapshotManifest of(long height, BlockId block, int length, int chunkBytes, List<Digest> chunks) {
        return new SnapshotManifest(
                height, block, length, chunkBytes, tree(chunks).root());
    }

    /** @param chunks the hashes of all chunks, in their order */
    static MerkleTree tree(List<Digest> chunks) {
        return new MerkleTree(
                chunks.size(), (index, hash) -> hash.update(chunks.get(index).toBytes()));
    }

    public static SnapshotManifest read(BinaryReader in) throws MalformedException {
        long height = in.i64();
        BlockId block = BlockId.read(in);
        int length = in.i32();
        int chunkBytes = in.i32();
        String wrong = wrong(height, length, chunkBytes);
        if (wrong != null) {
            throw new MalformedException(wrong);
        }
        return new SnapshotManifest(height, block, length, chunkBytes, Digest.read(in));
    }

    public void write(BinaryWriter out) {
        out.i64(height);
        block.write(out);
        out.i32(length).i32(chunkBytes);
        root.write(out);
    }

    /** What a validator signs that has executed up to the block, or took the snapshot from validators that have. */
    public byte[] statement(SigningDomain domain) {
        return domain.kind(KIND).statement(BYTES, this::write);
    }

    /** How many chunks there are, 1 or more. */
    public int chunks() {
        return (length - 1) / chunkBytes + 1;
    }

    /** @param index 0 to {@link #chunks} less 1 */
    public int chunkLength(int index) {
        return Math.min(chunkBytes, length - index * chunkBytes);
    }

    /** Whether this is the chunk of its index. */
    public boolean proves(SnapshotChunk chunk) {
        return chunk.index() >= 0
                && chunk.index() < chunks()
                && chunk.bytes().length == chunkLength(chunk.index())
                && root.equals(MerkleTree.rootOf(
                        Digest.sha256(chunk.bytes()).toBytes(), chunk.index(), chunks(), chunk.path()));
    }
}
