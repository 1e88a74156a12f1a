package dev.parley.app;

import dev.parley.crypto.Digest;
import dev.parley.crypto.MerkleTree;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle tree over a block's results. The leaves are chunks of 16 items, so that a command costs a sixteenth of a hash; above
 * them it is a {@link MerkleTree}. How many items there are is not in the root of this tree but in the state's. Immutable.
 */
final class ResultTree {
    /** Items in a chunk; the last chunk may have fewer. */
    static final int CHUNK = 16;

    private final ResultItems items;
    private final MerkleTree tree;

    /** What proofs share, made when first asked for; a race makes two equal ones. */
    private final @Nullable ResultChunk[] chunks;

    ResultTree(ResultItems items) {
        this.items = items;
        int size = chunks(items.count());
        chunks = new @Nullable ResultChunk[size];
        tree = new MerkleTree(size, (i, hash) -> items.hash(i * CHUNK, end(i), hash));
    }

    Digest root() {
        return tree.root();
    }

    ResultItems items() {
        return items;
    }

    /** @throws IndexOutOfBoundsException if there is no such item */
    ResultProof proof(int index) {
        Objects.checkIndex(index, items.count());
        int place = index / CHUNK;
        ResultChunk chunk = chunks[place];
        if (chunk == null) {
            chunk = new ResultChunk(place, items.slice(place * CHUNK, end(place)), tree.path(place));
            chunks[place] = chunk;
        }
        return new ResultProof(index, chunk);
    }

    private int end(int place) {
        return Math.min(items.count(), (place + 1) * CHUNK);
    }

    /**
     * The root that a chunk and a path lead to.
     *
     * @param count of all items, at least 1
     * @return null if the path has not the length that the place and the count call for
     */
    static @Nullable Digest rootOf(byte[] chunk, int place, int count, List<Digest> path) {
        return MerkleTree.rootOf(chunk, place, chunks(count), path);
    }

    static int chunks(int count) {
        return (count + CHUNK - 1) / CHUNK;
    }
}
