package dev.parley.sample.redis;

import dev.parley.sample.store.Batch;
import dev.parley.sample.store.ByteString;
import dev.parley.sample.store.Request;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to {@link Request}s: arrays of bulk strings, and lines for people with telnet. A claimed length is held against its bound
 * before anything is allocated, and nothing is allocated until the bytes are there. After the first {@link ProtocolException}, which is
 * passed on as a message, the rest is thrown away. The limits and the words are those of {@code networking.c} in Redis.
 */
final class RequestDecoder extends ByteToMessageDecoder {
    /** A request has at most so many bytes in the store's form; no bulk string can be longer. */
    static final int MAX_REQUEST_BYTES = Batch.MAX_BYTES - Batch.OVERHEAD_BYTES;

    /** The longest line, for inline requests and for lengths. */
    static final int MAX_LINE_BYTES = 64 << 10;

    private static final int NO_LENGTH = -1;
    /** An argument's length in the store's form takes no more. */
    private static final int ARGUMENT_OVERHEAD_BYTES = 5;

    /** The arguments so far; null between requests. */
    private @Nullable List<ByteString> arguments;

    private int missingArguments;
    private int bulkLength = NO_LENGTH;
    private long requestBytes;
    private boolean broken;

    private final Duration timeout;
    /** A request has begun and is not whole, since when. */
    private boolean inside;

    private long insideSinceNanos;

    /** @param timeout how long a request may take to come whole */
    RequestDecoder(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        long interval = Math.clamp(timeout.toMillis() / 4, 5, 5000);
        var check = context.executor()
                .scheduleWithFixedDelay(() -> check(context), interval, interval, TimeUnit.MILLISECONDS);
        context.channel().closeFuture().addListener(closed -> check.cancel(false));
        context.fireChannelActive();
    }

    /** Who sends a byte now and then would hold what it has sent for ever. What is not read cannot come. */
    private void check(ChannelHandlerContext context) {
        if (!inside || broken) {
            return;
        }
        if (!context.channel().config().isAutoRead()) {
            insideSinceNanos = System.nanoTime();
        } else if (System.nanoTime() - insideSinceNanos >= timeout.toNanos()) {
            broken = true;
            arguments = null;
            context.fireChannelRead(
                    new ProtocolException("a request did not come whole within " + timeout.toMillis() + " ms"));
            context.fireChannelReadComplete();
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            Request request = next(in);
            if (request != null) {
                inside = false;
                out.add(request);
            } else if (!inside && (arguments != null || in.isReadable())) {
                inside = true;
                insideSinceNanos = System.nanoTime();
            }
        } catch (ProtocolException e) {
            broken = true;
            in.skipBytes(in.readableBytes());
            out.add(e);
        }
    }

    /** @return null if more bytes are needed */
    private @Nullable Request next(ByteBuf in) throws ProtocolException {
        while (arguments == null) {
            if (!in.isReadable()) {
                return null;
            }
            if (in.getByte(in.readerIndex()) != '*') {
                ByteString line = line(in, "too big inline request");
                if (line == null) {
                    return null;
                }
                List<ByteString> words = InlineRequest.words(line);
                if (!words.isEmpty()) {
                    return new Request(words);
                }
            } else {
                ByteString line = line(in, "too big mbulk count string");
                if (line == null) {
                    return null;
                }
                long count = number(line, Request.MAX_ARGUMENTS, "invalid multibulk length");
                // An empty or absent array asks for nothing and is answered with nothing.
                if (count > 0) {
                    // Not of the claimed size: a claim costs nothing until it is kept.
                    arguments = new ArrayList<>((int) Math.min(count, 16));
                    missingArguments = (int) count;
                    requestBytes = ARGUMENT_OVERHEAD_BYTES;
                }
            }
        }
        List<ByteString> gathered = arguments;
        while (missingArguments > 0) {
            ByteString argument = bulk(in);
            if (argument == null) {
                return null;
            }
            gathered.add(argument);
            missingArguments--;
        }
        arguments = null;
        return new Request(gathered);
    }

    private @Nullable ByteString bulk(ByteBuf in) throws ProtocolException {
        if (bulkLength == NO_LENGTH) {
            if (in.isReadable() && in.getByte(in.readerIndex()) != '$') {
                char found = (char) in.getUnsignedByte(in.readerIndex());
                throw new ProtocolException(
                        "expected '$', got '" + (Character.isISOControl(found) ? ' ' : found) + "'");
            }
            ByteString line = line(in, "too big bulk count string");
            if (line == null) {
                return null;
            }
            long length = number(line, MAX_REQUEST_BYTES, "invalid bulk length");
            requestBytes += length + ARGUMENT_OVERHEAD_BYTES;
            if (length < 0) {
                throw new ProtocolException("invalid bulk length");
            }
            if (requestBytes > MAX_REQUEST_BYTES) {
                throw new ProtocolException("a request of more than " + MAX_REQUEST_BYTES + " bytes");
            }
            bulkLength = (int) length;
        }
        if (in.readableBytes() < bulkLength + 2) {
            return null;
        }
        byte[] bytes = new byte[bulkLength];
        in.readBytes(bytes);
        if (in.readByte() != '\r' || in.readByte() != '\n') {
            throw new ProtocolException("expected a line break after a bulk string");
        }
        bulkLength = NO_LENGTH;
        return ByteString.wrap(bytes);
    }

    /** A line without its end; null if its end is not there yet. */
    private static @Nullable ByteString line(ByteBuf in, String tooLong) throws ProtocolException {
        int length = in.bytesBefore(Math.min(in.readableBytes(), MAX_LINE_BYTES), (byte) '\n');
        if (length < 0) {
            if (in.readableBytes() >= MAX_LINE_BYTES) {
                throw new ProtocolException(tooLong);
            }
            return null;
        }
        boolean carriageReturn = length > 0 && in.getByte(in.readerIndex() + length - 1) == '\r';
        byte[] line = new byte[carriageReturn ? length - 1 : length];
        in.readBytes(line);
        in.skipBytes(carriageReturn ? 2 : 1);
        return ByteString.wrap(line);
    }

    /** The number after a line's first byte. */
    private static long number(ByteString line, int max, String invalid) throws ProtocolException {
        boolean negative = line.size() > 1 && line.at(1) == '-';
        int start = negative ? 2 : 1;
        if (line.size() == start || line.size() > start + 10) {
            throw new ProtocolException(invalid);
        }
        long value = 0;
        for (int i = start; i < line.size(); i++) {
            int digit = line.at(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new ProtocolException(invalid);
            }
            value = value * 10 + digit;
        }
        if (value > max) {
            throw new ProtocolException(invalid);
        }
        return negative ? -value : value;
    }
}
