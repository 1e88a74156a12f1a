package dev.parley.crypto;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle tree of RFC 6962: leaves and nodes have prefixes of their own, and an odd node is handed up as it is, never doubled
 * (CVE-2012-2459). How many leaves there are is not in the root; whoever checks a path must know it. Immutable.
 */
public final class MerkleTree {
    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    /** Feeds one leaf's content to a hash. */
    @FunctionalInterface
    public interface Leaves {
        /** @param hash not to be reset or finished */
        void hash(int index, MessageDigest hash);
    }

    private final int size;
    /** The hashes of each level one after the other, the leaves' first, the root's last; none if there are no leaves. */
    private final List<byte[]> levels = new ArrayList<>();

    private final Digest root;

    /** @param size the number of leaves, zero or more */
    public MerkleTree(int size, Leaves leaves) {
        this.size = size;
        MessageDigest hash = Digest.newSha256();
        if (size == 0) {
            root = Digest.of(hash.digest());
            return;
        }
        byte[] level = new byte[size * Digest.BYTES];
        for (int i = 0; i < size; i++) {
            hash.update(LEAF);
            leaves.hash(i, hash);
            System.arraycopy(hash.digest(), 0, level, i * Digest.BYTES, Digest.BYTES);
        }
        levels.add(level);
        for (int width = size; width > 1; width = (width + 1) / 2) {
            level = parents(level, width, hash);
            levels.add(level);
        }
        root = Digest.of(level);
    }

    public Digest root() {
        return root;
    }

    /** What {@link #rootOf} needs beside the leaf. @throws IndexOutOfBoundsException if there is no such leaf */
    public List<Digest> path(int index) {
        Objects.checkIndex(index, size);
        List<Digest> path = new ArrayList<>(levels.size());
        int at = index;
        for (byte[] level : levels) {
            int sibling = at ^ 1;
            if ((sibling + 1) * Digest.BYTES <= level.length) {
                path.add(Digest.of(Arrays.copyOfRange(level, sibling * Digest.BYTES, (sibling + 1) * Digest.BYTES)));
            }
            at >>= 1;
        }
        return path;
    }

    /**
     * The root that a leaf and a path lead to.
     *
     * @param index the leaf's, from 0
     * @param size the number of all leaves
     * @return null if there is no such leaf, or the path has not the length that index and size call for
     */
    public static @Nullable Digest rootOf(byte[] leaf, int index, int size, List<Digest> path) {
        if (index < 0 || index >= size) {
            return null;
        }
        MessageDigest hash = Digest.newSha256();
        hash.update(LEAF);
        byte[] node = hash.digest(leaf);
        int next = 0;
        for (int width = size, at = index; width > 1; width = (width + 1) / 2, at >>= 1) {
            if ((at ^ 1) >= width) {
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

    private static byte[] parents(byte[] level, int width, MessageDigest hash) {
        byte[] above = new byte[(width + 1) / 2 * Digest.BYTES];
        for (int i = 0; i + 1 < width; i += 2) {
            hash.update(NODE);
            hash.update(level, i * Digest.BYTES, 2 * Digest.BYTES);
            System.arraycopy(hash.digest(), 0, above, i / 2 * Digest.BYTES, Digest.BYTES);
        }
        if (width % 2 == 1) {
            System.arraycopy(level, (width - 1) * Digest.BYTES, above, width / 2 * Digest.BYTES, Digest.BYTES);
        }
        return above;
    }
}
