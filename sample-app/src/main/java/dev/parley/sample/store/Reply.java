package dev.parley.sample.store;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The answer to one request, in the kinds of RESP2. Immutable. */
public sealed interface Reply {
    /**
     * A status.
     *
     * @param text of Latin-1 characters, each one byte, without line breaks
     */
    record Simple(String text) implements Reply {
        public static final Simple OK = new Simple("OK");
    }

    /**
     * A refusal, which RESP calls an error.
     *
     * @param text begins with a code in capitals; of Latin-1 characters, each one byte, without line breaks
     */
    record Failure(String text) implements Reply {
        static final Failure WRONG_TYPE =
                new Failure("WRONGTYPE Operation against a key holding the wrong kind of value");
        static final Failure SYNTAX = new Failure("ERR syntax error");
        static final Failure NOT_AN_INTEGER = new Failure("ERR value is not an integer or out of range");
        static final Failure TOO_LARGE =
                new Failure("ERR the reply would be over the limit of " + Replies.MAX_BYTES + " bytes");
    }

    record Int(long value) implements Reply {
        static final Int ZERO = new Int(0);
        static final Int ONE = new Int(1);
    }

    record Bulk(ByteString value) implements Reply {}

    /** Nothing: where a string or where an array is asked for. */
    enum Nil implements Reply {
        BULK,
        ARRAY
    }

    /** @param elements not copied, so not to be changed afterwards */
    record Array(List<? extends Reply> elements) implements Reply {}

    static Reply of(boolean value) {
        return value ? Int.ONE : Int.ZERO;
    }

    static Reply of(long value) {
        return value == 0 ? Int.ZERO : value == 1 ? Int.ONE : new Int(value);
    }

    /** The encoded size in bytes. */
    default long sizeBytes() {
        return switch (this) {
            case Simple simple -> 6L + simple.text.length();
            case Failure failure -> 6L + failure.text.length();
            case Int number -> 9;
            case Bulk bulk -> 6L + bulk.value.size();
            case Nil nil -> 1;
            case Array array -> {
                long size = 6;
                for (Reply element : array.elements) {
                    size += element.sizeBytes();
                }
                yield size;
            }
        };
    }

    default void write(BinaryWriter out) {
        switch (this) {
            case Simple simple ->
                ByteString.wrap(simple.text.getBytes(StandardCharsets.ISO_8859_1))
                        .write(out.u8('+'));
            case Failure failure ->
                ByteString.wrap(failure.text.getBytes(StandardCharsets.ISO_8859_1))
                        .write(out.u8('-'));
            case Int number -> out.u8(':').i64(number.value);
            case Bulk bulk -> bulk.value.write(out.u8('$'));
            case Nil nil -> out.u8(nil == Nil.BULK ? '0' : '1');
            case Array array -> {
                Lengths.write(out.u8('*'), array.elements.size());
                for (Reply element : array.elements) {
                    element.write(out);
                }
            }
        }
    }

    /** @param depth how deep arrays may still be nested */
    static Reply read(BinaryReader in, int depth) throws MalformedException {
        int kind = in.u8();
        return switch (kind) {
            case '+' -> {
                String text = ByteString.read(in, Replies.MAX_BYTES).toLatin1();
                yield text.equals(Simple.OK.text) ? Simple.OK : new Simple(text);
            }
            case '-' -> new Failure(ByteString.read(in, Replies.MAX_BYTES).toLatin1());
            case ':' -> of(in.i64());
            case '$' -> new Bulk(ByteString.read(in, Replies.MAX_BYTES));
            case '0' -> Nil.BULK;
            case '1' -> Nil.ARRAY;
            case '*' -> {
                if (depth == 0) {
                    throw new MalformedException("replies nested too deeply");
                }
                int count = Lengths.read(in, Replies.MAX_BYTES, 1);
                List<Reply> elements = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    elements.add(read(in, depth - 1));
                }
                yield new Array(elements);
            }
            default -> throw new MalformedException("no reply is of kind " + kind);
        };
    }
}
