package dev.parley.honeybadger.coin;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.Arrays;
import java.util.HexFormat;

/** A share of a coin, as bytes: a value, nothing is said about its validity. */
public final class Share {
    /** The longest share of any scheme. */
    public static final int MAX_BYTES = 256;

    private final byte[] bytes;

    /** @param bytes copied; at most {@link #MAX_BYTES} */
    public Share(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a share has at most " + MAX_BYTES + " bytes, not " + bytes.length);
        }
        this.bytes = bytes.clone();
    }

    public static Share read(BinaryReader in) throws MalformedException {
        return new Share(in.bytes(MAX_BYTES));
    }

    public void write(BinaryWriter out) {
        out.bytes(bytes);
    }

    /** A copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Share that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
