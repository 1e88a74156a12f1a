package dev.parley.storage;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import java.util.ArrayList;
import java.util.List;

/** A piece of a snapshot, with the path from its hash to the root of its {@link SnapshotManifest}. Immutable. */
public final class SnapshotChunk {
    /** The longest path: of a tree with 2^31 leaves. */
    private static final int MAX_PATH = 31;

    private final int index;
    private final List<Digest> path;
    private final byte[] bytes;

    /**
     * @param index from 0
     * @param bytes not copied, not to be changed
     */
    public SnapshotChunk(int index, List<Digest> path, byte[] bytes) {
        this.index = index;
        this.path = List.copyOf(path);
        this.bytes = bytes;
    }

    public static SnapshotChunk read(BinaryReader in) throws MalformedException {
        int index = in.i32();
        int steps = in.count(MAX_PATH, Digest.BYTES);
        List<Digest> path = new ArrayList<>(steps);
        for (int i = 0; i < steps; i++) {
            path.add(Digest.read(in));
        }
        return new SnapshotChunk(index, path, in.bytes(SnapshotManifest.MAX_CHUNK_BYTES));
    }

    public void write(BinaryWriter out) {
        out.i32(index).i32(path.size());
        path.forEach(step -> step.write(out));
        out.bytes(bytes);
    }

    public int index() {
        return index;
    }

    public List<Digest> path() {
        return path;
    }

    /** Not a copy, not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Of the binary form, about. */
    public int sizeBytes() {
        return 12 + Digest.BYTES * path.size() + bytes.length;
    }

    @Override
    public String toString() {
        return "chunk " + index + " of " + bytes.length + " bytes";
    }
}
