package dev.parley.sample.redis;

import dev.parley.sample.store.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** {@link Reply}s as RESP2. */
final class ReplyWriter {
    private static final int LINE_BREAK = '\r' << 8 | '\n';
    /** {@code +OK} and its line break. */
    private static final byte[] OK = {'+', 'O', 'K', '\r', '\n'};

    private ReplyWriter() {}

    static void write(Reply reply, ByteBuf out) {
        switch (reply) {
            case Reply.Simple simple when simple.equals(Reply.Simple.OK) -> out.writeBytes(OK);
            case Reply.Simple simple -> text('+', simple.text(), out);
            case Reply.Failure failure -> text('-', failure.text(), out);
            case Reply.Int number -> number(':', number.value(), out);
            case Reply.Bulk bulk -> {
                number('$', bulk.value().size(), out);
                out.writeBytes(bulk.value().asReadOnlyBuffer());
                out.writeShort(LINE_BREAK);
            }
            case Reply.Nil nil -> number(nil == Reply.Nil.BULK ? '$' : '*', -1, out);
            case Reply.Array array -> {
                number('*', array.elements().size(), out);
                for (Reply element : array.elements()) {
                    write(element, out);
                }
            }
        }
    }

    private static void number(char kind, long value, ByteBuf out) {
        out.writeByte(kind);
        if (value >= 0 && value < 10) {
            out.writeByte('0' + (int) value);
        } else {
            ByteBufUtil.writeAscii(out, Long.toString(value));
        }
        out.writeShort(LINE_BREAK);
    }

    /** A line break within would end the reply early and shift all that follow. */
    private static void text(char kind, String text, ByteBuf out) {
        out.writeByte(kind);
        out.writeCharSequence(text.replace('\r', ' ').replace('\n', ' '), StandardCharsets.ISO_8859_1);
        out.writeShort(LINE_BREAK);
    }
}
