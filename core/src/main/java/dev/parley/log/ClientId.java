package dev.parley.log;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.HexFormat;

/** Names one client session: 128 bits that the client draws at random, so that no two clients meet. */
public record ClientId(long high, long low) implements Comparable<ClientId> {
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
