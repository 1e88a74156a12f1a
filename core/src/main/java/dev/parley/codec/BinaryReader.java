package dev.parley.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link BinaryWriter} wrote and refuses all else. A length or a count is held against a bound of the caller's and
 * against the bytes that are left before anything is allocated, so that a frame can never cost more memory than its own size
 * times a constant. Not thread-safe.
 */
public final class BinaryReader {
    private final byte[] source;
    private final int limit;
    private int position;

    public BinaryReader(byte[] source) {
        this(source, 0, source.length);
    }

    public BinaryReader(byte[] source, int offset, int length) {
        this.source = source;
        this.position = offset;
        this.limit = offset + length;
    }

    public int u8() throws MalformedException {
        require(1);
        return source[position++] & 0xff;
    }

    /** A boolean; any byte other than 0 and 1 is refused, since it would be a second form of the same value. */
    public boolean bool() throws MalformedException {
        int value = u8();
        if (value > 1) {
            throw new MalformedException("a boolean is 0 or 1, not " + value + ", at byte " + (position - 1));
        }
        return value == 1;
    }

    public int i32() throws MalformedException {
        require(4);
        int value = (source[position] & 0xff) << 24
                | (source[position + 1] & 0xff) << 16
                | (source[position + 2] & 0xff) << 8
                | (source[position + 3] & 0xff);
        position += 4;
        return value;
    }

    public long i64() throws MalformedException {
        return (long) i32() << 32 | (i32() & 0xffffffffL);
    }

    /** A number that the format requires to be zero or more. */
    public long nonNegative() throws MalformedException {
        long value = i64();
        if (value < 0) {
            throw new MalformedException("a number of zero or more is needed, not " + value);
        }
        return value;
    }

    /** Exactly {@code length} bytes, for fields whose length the format fixes. */
    public byte[] raw(int length) throws MalformedException {
        require(length);
        byte[] bytes = Arrays.copyOfRange(source, position, position + length);
        position += length;
        return bytes;
    }

    /** A length-prefixed byte string of at most {@code maxLength} bytes. */
    public byte[] bytes(int maxLength) throws MalformedException {
        return raw(count(maxLength, 1));
    }

    /** A length-prefixed text of at most {@code maxBytes} bytes of well-formed UTF-8. */
    public String text(int maxBytes) throws MalformedException {
        byte[] bytes = bytes(maxBytes);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("a text is not UTF-8");
        }
    }

    /**
     * The count of a collection that follows.
     *
     * @param max the most elements that the format allows
     * @param minElementBytes the fewest bytes that one element takes, at least 1
     */
    public int count(int max, int minElementBytes) throws MalformedException {
        int count = i32();
        if (count < 0 || count > max) {
            throw new MalformedException("a count of 0 to " + max + " is needed, not " + count);
        }
        if ((long) count * minElementBytes > limit - position) {
            throw new MalformedException(
                    "a count of " + count + " claims more than the " + (limit - position) + " bytes that follow");
        }
        return count;
    }

    public int remaining() {
        return limit - position;
    }

    /** Refuses bytes after the value: they would give one value many forms. */
    public void end() throws MalformedException {
        if (position != limit) {
            throw new MalformedException((limit - position) + " bytes follow the value");
        }
    }

    private void require(int length) throws MalformedException {
        if (length < 0 || length > limit - position) {
            throw new MalformedException(
                    "the frame ends early: " + length + " bytes are needed, " + (limit - position) + " are left");
        }
    }
}
