package dev.parley.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the canonical binary form into a growing buffer. Each value has exactly one form: numbers are big-endian and of
 * fixed width, byte strings carry a four-byte length. Not thread-safe.
 */
public final class BinaryWriter {
    private byte[] buffer;
    private int size;

    public BinaryWriter() {
        this(128);
    }

    /** @param expectedBytes a hint for the first allocation, at least 1 */
    public BinaryWriter(int expectedBytes) {
        buffer = new byte[Math.max(1, expectedBytes)];
    }

    public BinaryWriter u8(int value) {
        reserve(1);
        buffer[size++] = (byte) value;
        return this;
    }

    public BinaryWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    public BinaryWriter i32(int value) {
        reserve(4);
        buffer[size] = (byte) (value >>> 24);
        buffer[size + 1] = (byte) (value >>> 16);
        buffer[size + 2] = (byte) (value >>> 8);
        buffer[size + 3] = (byte) value;
        size += 4;
        return this;
    }

    public BinaryWriter i64(long value) {
        return i32((int) (value >>> 32)).i32((int) value);
    }

    /** The bytes alone, for fields whose length the format fixes. */
    public BinaryWriter raw(byte[] bytes) {
        return raw(bytes, 0, bytes.length);
    }

    public BinaryWriter raw(byte[] bytes, int offset, int length) {
        reserve(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
        return this;
    }

    /** A four-byte length and the bytes. */
    public BinaryWriter bytes(byte[] bytes) {
        return i32(bytes.length).raw(bytes);
    }

    /** A four-byte length and the text in UTF-8. */
    public BinaryWriter text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return size;
    }

    /** What was written so far. Writing more does not change it: a buffer that is full is replaced, another one is copied. */
    public byte[] toByteArray() {
        return size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
    }

    private void reserve(int more) {
        if (more > buffer.length - size) {
            buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(size, more), Math.min(buffer.length, 1 << 29) * 2));
        }
    }
}
