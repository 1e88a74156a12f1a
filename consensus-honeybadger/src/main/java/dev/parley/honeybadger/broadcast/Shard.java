package dev.parley.honeybadger.broadcast;

import dev.parley.crypto.Digest;
import java.util.Arrays;
import java.util.List;

/**
 * A shard and the branch from it to the root over all of them. Its index does not travel: who it is for, or whom it comes from, says it,
 * and the branch proves it. Immutable.
 */
public final class Shard {
    private final Digest root;
    private final List<Digest> branch;
    private final byte[] bytes;

    /** @param bytes not copied, not to be changed */
    public Shard(Digest root, List<Digest> branch, byte[] bytes) {
        this.root = root;
        this.branch = List.copyOf(branch);
        this.bytes = bytes;
    }

    /** The shards of a value, in the order of the n validators. */
    public static List<Shard> cut(byte[] value, int n) {
        return new Sharding(ReliableBroadcast.needed(n), n, Sharding.MAX_VALUE_BYTES).cut(value);
    }

    /** Proves any bytes to be shards under one root, whether they are shards of a value or not. */
    public static List<Shard> prove(byte[][] shards) {
        return Sharding.prove(shards);
    }

    public Digest root() {
        return root;
    }

    public List<Digest> branch() {
        return branch;
    }

    /** Not a copy, not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shard that
                && root.equals(that.root)
                && branch.equals(that.branch)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return root.hashCode();
    }

    @Override
    public String toString() {
        return "shard of " + root.abbreviated() + ", " + bytes.length + " bytes";
    }
}
