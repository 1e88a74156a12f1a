package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** What one ordered command gave: a code and bytes whose meaning the code tells. Immutable. */
public final class Outcome {
    /** No result may be larger once encoded; a larger one becomes {@link Code#TOO_LARGE}. */
    public static final int MAX_BYTES = 4 << 20;

    /** Kinds of outcome, each with its number in the binary form. */
    public enum Code {
        /** Executed; the bytes are the encoded result. */
        OK(0),
        /** The state machine refused it; the bytes are the message in UTF-8. */
        FAILED(1),
        /** The state machine threw another exception; the bytes are its class name. */
        ERROR(2),
        /** Not a command of this application; no bytes. */
        UNDECODABLE(3),
        /** Executed, but the result was over {@link #MAX_BYTES}; no bytes. */
        TOO_LARGE(4),
        /** Ordered before and not executed again; the bytes are the height (8) and the index (4) of the first time. */
        DUPLICATE(5),
        /** Block time had passed its expiry; no bytes. */
        EXPIRED(6),
        /** Its sequence number is below the session's window; no bytes. */
        TOO_OLD(7),
        /** Its expiry lay farther ahead than sessions are remembered; no bytes. */
        TOO_FAR_AHEAD(8),
        /** There was no room for another session; no bytes. */
        TABLE_FULL(9),
        /** It bears the id of a session with a key, whose signature is not with it, or the other way round; no bytes. */
        NOT_AUTHENTIC(10);

        private static final List<Code> ALL = List.of(values());

        private final int number;

        Code(int number) {
            this.number = number;
        }

        /** Its place in the declaration, which the binary form keeps. */
        int number() {
            return number;
        }

        /** @param number as {@link #number} told it */
        static Code of(int number) {
            return ALL.get(number);
        }

        static Code read(BinaryReader in) throws MalformedException {
            int number = in.u8();
            if (number >= ALL.size()) {
                throw new MalformedException("there is no outcome " + number);
            }
            return ALL.get(number);
        }
    }

    private static final byte[] NONE = new byte[0];

    private final Code code;
    private final byte[] bytes;

    /** @param bytes taken over, not copied; at most {@link #MAX_BYTES} */
    public Outcome(Code code, byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("an outcome of " + bytes.length + " bytes is over " + MAX_BYTES);
        }
        this.code = code;
        this.bytes = bytes;
    }

    static Outcome of(Code code) {
        return new Outcome(code, NONE);
    }

    public static Outcome read(BinaryReader in) throws MalformedException {
        return new Outcome(Code.read(in), in.bytes(MAX_BYTES));
    }

    public void write(BinaryWriter out) {
        out.u8(code.number).bytes(bytes);
    }

    public Code code() {
        return code;
    }

    /** Shared: not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /** The bytes as text, for {@link Code#FAILED} and {@link Code#ERROR}. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Outcome that && code == that.code && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return code.number * 31 + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return switch (code) {
            case FAILED, ERROR -> code + " (" + text() + ")";
            default -> code + " (" + bytes.length + " bytes)";
        };
    }
}
