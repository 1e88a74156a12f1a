package dev.parley.app;

import dev.parley.crypto.Digest;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle tree over a block's results. The leaves are chunks of 16 items, so that a command costs a sixteenth of a hash; above
 * them the tree is RFC 6962's: leaves and nodes have prefixes of their own, and an odd node is handed up as it is, never doubled
 * (CVE-2012-2459). How many items there are is not in the root of this tree but in the state's. Immutable.
 */
final class ResultTree {
    /** Items in a chunk; the last chunk may have fewer. */
    static final int CHUNK = 16;

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final ResultItems items;
    /** The hashes of each level one after the other, the chunks' first, the root's last; none if there are no items. */
    private final List<byte[]> levels = new ArrayList<>();

    /** What proofs share, made when first asked for; a race makes two equal ones. */
    private final @Nullable ResultChunk[] chunks;

    private final Digest root;

    ResultTree(ResultItems items) {
        this.items = items;
        MessageDigest hash = Digest.newSha256();
        int size = chunks(items.count());
        chunks = new @Nullable ResultChunk[size];
        if (size == 0) {
            root = Digest.of(hash.digest());
            return;
        }
        byte[] level = new byte[size * Digest.BYTES];
        for (int i = 0; i < size; i++) {
            hash.update(LEAF);
            items.hash(i * CHUNK, Math.min(items.count(), (i + 1) * CHUNK), hash);
            System.arraycopy(hash.digest(), 0, level, i * Digest.BYTES, Digest.BYTES);
        }
        levels.add(level);
        while (size > 1) {
            level = parents(level, size, hash);
            size = (size + 1) / 2;
            levels.add(level);
        }
        root = Digest.of(level);
    }

    Digest root() {
        return root;
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
            chunk = chunk(place);
            chunks[place] = chunk;
        }
        return new ResultProof(index, chunk);
    }

    private ResultChunk chunk(int place) {
        byte[] bytes = items.slice(place * CHUNK, Math.min(items.count(), (place + 1) * CHUNK));
        List<Digest> path = new ArrayList<>(levels.size());
        int at = place;
        for (byte[] level : levels) {
            int sibling = at ^ 1;
            if ((sibling + 1) * Digest.BYTES <= level.length) {
                path.add(Digest.of(
                        java.util.Arrays.copyOfRange(level, sibling * Digest.BYTES, (sibling + 1) * Digest.BYTES)));
            }
            at >>= 1;
        }
        return new ResultChunk(place, bytes, path);
    }

    /**
     * The root that a chunk and a path lead to.
     *
     * @param count of all items, at least 1
     * @return null if the path has not the length that the place and the count call for
     */
    static @Nullable Digest rootOf(byte[] chunk, int place, int count, List<Digest> path) {
        MessageDigest hash = Digest.newSha256();
        hash.update(LEAF);
        byte[] node = hash.digest(chunk);
        int next = 0;
        for (int size = chunks(count), at = place; size > 1; size = (size + 1) / 2, at >>= 1) {
            if ((at ^ 1) >= size) {
                continue;
            }
            if (next == path.size()) {
                return null;
            }
            byte[] sibling = path.get(next++).toBytes();
            hash.update(NODE);
            hash.update((at & 1) == 0 ? node : sibling);
            node = hash.digest((at & 1) == 0 ? sibling : node);
        }
        return next == path.size() ? Digest.of(node) : null;
    }

    static int chunks(int count) {
        return (count + CHUNK - 1) / CHUNK;
    }

    private static byte[] parents(byte[] level, int size, MessageDigest hash) {
        byte[] above = new byte[(size + 1) / 2 * Digest.BYTES];
        for (int i = 0; i + 1 < size; i += 2) {
            hash.update(NODE);
            hash.update(level, i * Digest.BYTES, 2 * Digest.BYTES);
            System.arraycopy(hash.digest(), 0, above, i / 2 * Digest.BYTES, Digest.BYTES);
        }
        if (size % 2 == 1) {
            System.arraycopy(level, (size - 1) * Digest.BYTES, above, size / 2 * Digest.BYTES, Digest.BYTES);
        }
        return above;
    }
}
