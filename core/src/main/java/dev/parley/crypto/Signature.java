package dev.parley.crypto;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.Arrays;
import java.util.HexFormat;

/** A signature, as bytes: a value, nothing is said about its validity. */
public final class Signature {
    /** The longest signature of any scheme, for bounds on what is read. */
    public static final int MAX_BYTES = 128;

    /** Not a copy: schemes read it for each verification, nobody writes it. */
    final byte[] bytes;

    /** @param bytes copied; at most {@link #MAX_BYTES} */
    public Signature(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a signature has at most 128 bytes, not " + bytes.length);
        }
        this.bytes = bytes.clone();
    }

    public static Signature read(BinaryReader in) throws MalformedException {
        return new Signature(in.bytes(MAX_BYTES));
    }

    public void write(BinaryWriter out) {
        out.bytes(bytes);
    }

    /** A copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Signature that && Arrays.equals(bytes, that.bytes);
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
