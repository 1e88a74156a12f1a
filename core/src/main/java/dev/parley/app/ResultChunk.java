package dev.parley.app;

import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sixteen neighbouring results (fewer at the end of a block) and the way from them to the root. The proofs of all of them share
 * one, and the root that it leads to is computed once. Immutable; a race computes the same value twice.
 */
final class ResultChunk {
    private record Climbed(
            int count, @Nullable Digest root, @Nullable ResultItems items) {}

    private final int place;
    private final byte[] bytes;
    private final List<Digest> path;
    private @Nullable Climbed climbed;

    /**
     * @param place of the chunk among the block's, from 0
     * @param bytes the encoded items; taken over, not copied
     * @param path the siblings on the way from the chunk to the root
     */
    ResultChunk(int place, byte[] bytes, List<Digest> path) {
        this.place = place;
        this.bytes = bytes;
        this.path = List.copyOf(path);
    }

    byte[] bytes() {
        return bytes;
    }

    List<Digest> path() {
        return path;
    }

    /** Whether the tree of {@code count} results with this root has this item at {@code index}, which is in this chunk. */
    boolean proves(Digest root, int count, int index, byte[] item) {
        Climbed known = climbed;
        if (known == null || known.count() != count) {
            known = climb(count);
            climbed = known;
        }
        return known.items() != null
                && root.equals(known.root())
                && known.items().holds(index % ResultTree.CHUNK, item);
    }

    private Climbed climb(int count) {
        try {
            int held = Math.min(ResultTree.CHUNK, count - place * ResultTree.CHUNK);
            return new Climbed(count, ResultTree.rootOf(bytes, place, count, path), ResultItems.split(bytes, held));
        } catch (MalformedException e) {
            return new Climbed(count, null, null);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResultChunk that
                && place == that.place
                && Arrays.equals(bytes, that.bytes)
                && path.equals(that.path);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
