package dev.parley.honeybadger.broadcast;

import dev.parley.codec.BinaryWriter;
import dev.parley.crypto.Digest;
import dev.parley.crypto.MerkleTree;
import dev.parley.honeybadger.erasure.ReedSolomon;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How a value becomes shards and is had back. The code's data is the value's length in four bytes, the value, and zeros up to the next
 * multiple of the shards that are needed: one form for each value, any other one is no value. Immutable.
 */
final class Sharding {
    static final int MAX_VALUE_BYTES = 1 << 30;

    private static final int LENGTH_BYTES = 4;

    private final ReedSolomon code;
    private final int maxValueBytes;

    Sharding(int needed, int total, int maxValueBytes) {
        if (maxValueBytes < 0 || maxValueBytes > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("a value has 0 to " + MAX_VALUE_BYTES + " bytes, not " + maxValueBytes);
        }
        this.code = new ReedSolomon(needed, total);
        this.maxValueBytes = maxValueBytes;
    }

    static int shardBytes(int needed, int valueBytes) {
        return (int) (((long) LENGTH_BYTES + valueBytes + needed - 1) / needed);
    }

    /** The shards of a value, in the order of the validators. */
    List<Shard> cut(byte[] value) {
        if (value.length > maxValueBytes) {
            throw new IllegalArgumentException(
                    "a value of this broadcast has at most " + maxValueBytes + " bytes, not " + value.length);
        }
        byte[] data = new BinaryWriter(LENGTH_BYTES + value.length).bytes(value).toByteArray();
        return prove(code.encode(data));
    }

    static List<Shard> prove(byte[][] shards) {
        MerkleTree tree = tree(shards);
        return IntStream.range(0, shards.length)
                .mapToObj(i -> new Shard(tree.root(), tree.path(i), shards[i]))
                .toList();
    }

    /**
     * The value whose shards these are. Whether there is one depends on the root alone and not on which shards are there: either all
     * shards under the root are one value's in the one form, or no choice of them gives the root again.
     *
     * @param shards proven to lie under the root, null where missing, at least as many as are needed
     * @param comparesRoot false breaks just that
     * @return null if it is no value
     */
    byte @Nullable [] join(Digest root, @Nullable Shard[] shards, boolean comparesRoot) {
        byte[] @Nullable [] bytes = new byte[shards.length][];
        int length = -1;
        for (int i = 0; i < shards.length; i++) {
            Shard shard = shards[i];
            if (shard != null) {
                bytes[i] = shard.bytes();
                if (length >= 0 && length != shard.bytes().length) {
                    return null;
                }
                length = shard.bytes().length;
            }
        }
        byte[] data = code.decode(bytes);
        if (comparesRoot && !tree(code.encode(data)).root().equals(root)) {
            return null;
        }
        return unframe(data);
    }

    private byte @Nullable [] unframe(byte[] data) {
        if (data.length < LENGTH_BYTES) {
            return null;
        }
        int length = (data[0] & 0xff) << 24 | (data[1] & 0xff) << 16 | (data[2] & 0xff) << 8 | (data[3] & 0xff);
        if (length < 0
                || length > maxValueBytes
                || (long) shardBytes(code.dataShards(), length) * code.dataShards() != data.length) {
            return null;
        }
        for (int i = LENGTH_BYTES + length; i < data.length; i++) {
            if (data[i] != 0) {
                return null;
            }
        }
        return Arrays.copyOfRange(data, LENGTH_BYTES, LENGTH_BYTES + length);
    }

    private static MerkleTree tree(byte[][] shards) {
        return new MerkleTree(shards.length, (i, hash) -> hash.update(shards[i]));
    }
}
