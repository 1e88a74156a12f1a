package dev.parley.log;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.crypto.PublicKey;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Names one client session: 128 bits, so that no two clients meet. They are drawn at random, or follow from the session's key; the first bit says
 * which, so that nobody can leave away the signature of a session that has a key.
 */
public record ClientId(long high, long low) implements Comparable<ClientId> {
    /** For a session without a key. */
    public static ClientId random(RandomGenerator random) {
        return new ClientId(random.nextLong() & Long.MAX_VALUE, random.nextLong());
    }

    /** For the session that has a key: the key's SHA-256, as far as it goes. */
    public static ClientId ofKey(PublicKey key) {
        ByteBuffer hash = ByteBuffer.wrap(Digest.sha256(key.toBytes()).toBytes());
        return new ClientId(hash.getLong() | Long.MIN_VALUE, hash.getLong());
    }

    /** Whether only commands with a signature may bear it. */
    public boolean isOfKey() {
        return high < 0;
    }

    public static ClientId read(BinaryReader in) throws MalformedException {
        return new ClientId(in.i64(), in.i64());
    }

    public void write(BinaryWriter out) {
        out.i64(high).i64(low);
    }

    /** Also keeps hash maps fast where somebody chooses names that collide. */
    @Override
    public int compareTo(ClientId other) {
        int order = Long.compareUnsigned(high, other.high);
        return order == 0 ? Long.compareUnsigned(low, other.low) : order;
    }

    @Override
    public int hashCode() {
        return (int) (low ^ low >>> 32 ^ high);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClientId that && high == that.high && low == that.low;
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high).substring(0, 8);
    }
}
