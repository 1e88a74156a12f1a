package dev.parley.sample.store;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes as a value: what Redis calls a string. Immutable.
 *
 * <p>Whoever chooses keys can choose keys of one hash code. That costs a logarithm and no more, since byte strings are comparable
 * and {@link java.util.HashMap} then keeps a crowded bin as a tree; and no order of iteration anywhere follows hash codes.
 */
public final class ByteString implements Comparable<ByteString> {
    public static final ByteString EMPTY = new ByteString(new byte[0]);

    private final byte[] bytes;
    /** Zero until computed; a race computes it twice, to the same value. */
    private int hash;

    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @param bytes taken over, not copied: not to be written to afterwards */
    public static ByteString wrap(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new ByteString(bytes);
    }

    /** The text in UTF-8. */
    public static ByteString of(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static ByteString of(long number) {
        return wrap(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    static ByteString read(BinaryReader in, int maxBytes) throws MalformedException {
        return wrap(in.raw(Lengths.read(in, maxBytes, 1)));
    }

    void write(BinaryWriter out) {
        Lengths.write(out, bytes.length);
        out.raw(bytes);
    }

    public int size() {
        return bytes.length;
    }

    /** @param index 0 to {@code size() - 1} */
    public byte at(int index) {
        return bytes[index];
    }

    /** A view that cannot be written to. */
    public ByteBuffer asReadOnlyBuffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    ByteString concat(ByteString other) {
        byte[] both = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
        System.arraycopy(other.bytes, 0, both, bytes.length, other.bytes.length);
        return wrap(both);
    }

    /** @param upperCase in capital ASCII letters */
    public boolean equalsIgnoringCase(String upperCase) {
        if (bytes.length != upperCase.length()) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (upperCase(bytes[i]) != upperCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The byte, or the capital where it is a small ASCII letter. */
    static int upperCase(byte letter) {
        return letter >= 'a' && letter <= 'z' ? letter - ('a' - 'A') : letter;
    }

    /** One character for each byte, so that no byte is lost and no sequence is malformed. */
    public String toLatin1() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public int compareTo(ByteString other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        int known = hash;
        if (known == 0) {
            known = Arrays.hashCode(bytes);
            hash = known;
        }
        return known;
    }

    /** As UTF-8, for people. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
