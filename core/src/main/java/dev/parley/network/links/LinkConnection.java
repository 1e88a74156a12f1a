package dev.parley.network.links;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.secure.Channel;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.network.secure.SendWindow;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a link, behind TLS: cuts bytes into frames, each held against the bound of its type before anything is kept of it. A
 * large frame travels in pieces, between which small ones go first. Belongs to its event loop.
 */
final class LinkConnection extends ByteToMessageDecoder {
    static final int NUMBER_BYTES = 8;
    static final int PIECE_BYTES = 64 << 10;
    private static final int HEADER_BYTES = 5;
    /** So much is never written on purpose before the peer has taken some: what it makes TLS say by itself is beyond it. */
    private static final long MAX_UNSENT_BYTES = 1 << 20;
    /** A large frame is given so much at once, and more when more has come: a claimed length allocates nothing. */
    private static final int FIRST_BYTES = 2 * PIECE_BYTES;

    private final LinkHub hub;
    /** Whose address was dialled; null for a connection that came in. */
    private final @Nullable ValidatorId dialled;

    private @Nullable ChannelHandlerContext context;
    private @Nullable PeerLink link;
    private boolean greeted;
    private boolean closing;

    private final LargeFrame arriving = new LargeFrame();
    /** The large frame that is being sent, and how much of it has left. */
    private SendWindow.@Nullable Numbered leaving;

    private int left;

    /** A large frame of which not all has come. */
    private static final class LargeFrame {
        private long number;
        private int length;
        private byte @Nullable [] content;
        private int filled;
    }

    LinkConnection(LinkHub hub, @Nullable ValidatorId dialled) {
        this.hub = hub;
        this.dialled = dialled;
    }

    /** Whether this side made the connection. */
    boolean isDialled() {
        return dialled != null;
    }

    boolean isWritable() {
        ChannelHandlerContext of = context;
        return of != null && !closing && of.channel().isWritable();
    }

    /** Whether more has been written, and not been taken by the peer, than this side writes of its own will. */
    boolean isSwamped() {
        ChannelHandlerContext of = context;
        return of != null && of.channel().bytesBeforeWritable() > MAX_UNSENT_BYTES;
    }

    String address() {
        ChannelHandlerContext of = context;
        return of == null ? "nowhere" : String.valueOf(of.channel().remoteAddress());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext of) {
        context = of;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext of, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && !closing) {
            if (done.isSuccess()) {
                SslHandler tls = of.pipeline().get(SslHandler.class);
                link = hub.identified(this, tls.engine().getSession());
                var unused = of.executor()
                        .schedule(this::requireHello, hub.times().handshakeMillis(), TimeUnit.MILLISECONDS);
            } else {
                hub.handshakeFailed(this, dialled, done.cause());
                close();
            }
        }
        of.fireUserEventTriggered(event);
    }

    private void requireHello() {
        PeerLink from = link;
        if (!greeted && !closing && from != null) {
            hub.refused(from.peer(), LinkRefusal.NO_HELLO, null);
            close();
        }
    }

    /** Says hello; the peer is known, and not yet taken for whom the link belongs to. */
    void greet(Hello hello) {
        byte[] bytes = hello.toBytes();
        ChannelHandlerContext of = context;
        if (of != null) {
            ByteBuf frame = header(of, FrameType.HELLO, bytes.length, 0).writeBytes(bytes);
            var unused = of.writeAndFlush(frame);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext of, ByteBuf in, List<Object> out) {
        PeerLink from = link;
        if (closing || from == null) {
            in.skipBytes(in.readableBytes());
            return;
        }
        while (in.readableBytes() >= HEADER_BYTES && !closing) {
            int length = in.getInt(in.readerIndex());
            FrameType type = FrameType.of(in.getByte(in.readerIndex() + 4));
            if (type == null || length < 0 || length > type.maxBytes() || (type == FrameType.HELLO) == greeted) {
                refuse(from, length > FrameType.LARGE.maxBytes() ? LinkRefusal.OVERSIZED : LinkRefusal.MALFORMED, null);
                return;
            }
            if (in.readableBytes() < HEADER_BYTES + length) {
                return;
            }
            in.skipBytes(HEADER_BYTES);
            try {
                LinkRefusal wrong = take(from, type, in, length);
                if (wrong != null) {
                    refuse(from, wrong, null);
                }
            } catch (MalformedException e) {
                refuse(from, LinkRefusal.MALFORMED, e.getMessage());
            }
        }
    }

    /** What the peer sent before was no frame of a correct one. */
    void breach(LinkRefusal why) {
        PeerLink from = link;
        if (from != null) {
            refuse(from, why, null);
        }
    }

    private void refuse(PeerLink from, LinkRefusal why, @Nullable String detail) {
        from.broke(why, detail);
        close();
    }

    private @Nullable LinkRefusal take(PeerLink from, FrameType type, ByteBuf in, int length)
            throws MalformedException {
        return switch (type) {
            case HELLO -> {
                greeted = true;
                yield from.greeted(this, Hello.read(bytes(in, length)));
            }
            case SMALL ->
                length <= NUMBER_BYTES
                        ? LinkRefusal.MALFORMED
                        : from.arrived(this, Channel.SMALL, in.readLong(), bytes(in, length - NUMBER_BYTES));
            case LARGE -> {
                from.hears(this);
                if (length <= NUMBER_BYTES + 4 || arriving.length > 0) {
                    yield LinkRefusal.MALFORMED;
                }
                arriving.number = in.readLong();
                arriving.length = in.readInt();
                yield arriving.length <= 0 || arriving.length > hub.maxFrameBytes()
                        ? LinkRefusal.OVERSIZED
                        : piece(from, in, length - NUMBER_BYTES - 4);
            }
            case MORE -> {
                from.hears(this);
                yield arriving.length == 0 || length == 0 ? LinkRefusal.MALFORMED : piece(from, in, length);
            }
            case ACK ->
                length == 2 * NUMBER_BYTES
                        ? from.acknowledged(this, in.readLong(), in.readLong())
                        : LinkRefusal.MALFORMED;
        };
    }

    private @Nullable LinkRefusal piece(PeerLink from, ByteBuf in, int length) {
        int needed = arriving.filled + length;
        if (needed > arriving.length) {
            return LinkRefusal.MALFORMED;
        }
        byte[] content = arriving.content;
        if (content == null) {
            content = new byte[Math.min(arriving.length, FIRST_BYTES)];
        }
        if (needed > content.length) {
            content = Arrays.copyOf(content, (int) Math.min(arriving.length, Math.max(needed, 2L * content.length)));
        }
        in.readBytes(content, arriving.filled, length);
        arriving.filled = needed;
        arriving.content = content;
        if (needed < arriving.length) {
            return null;
        }
        byte[] whole = content.length == needed ? content : Arrays.copyOf(content, needed);
        long number = arriving.number;
        arriving.length = 0;
        arriving.filled = 0;
        arriving.content = null;
        return from.arrived(this, Channel.LARGE, number, whole);
    }

    private static byte[] bytes(ByteBuf in, int length) {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    // Sending; nothing leaves before flush

    void small(SendWindow.Numbered frame) {
        ChannelHandlerContext of = context;
        if (of != null) {
            byte[] content = frame.frame().content();
            write(
                    of,
                    header(of, FrameType.SMALL, NUMBER_BYTES, content.length)
                            .writeLong(frame.number())
                            .writeBytes(content));
        }
    }

    /** Whether a large frame has begun and not all of it has left. */
    boolean isInsideLarge() {
        return leaving != null;
    }

    /** Begins a large frame: its first piece leaves. */
    void large(SendWindow.Numbered frame) {
        ChannelHandlerContext of = context;
        if (of == null) {
            return;
        }
        byte[] content = frame.frame().content();
        int first = Math.min(content.length, PIECE_BYTES);
        write(
                of,
                header(of, FrameType.LARGE, NUMBER_BYTES + 4, first)
                        .writeLong(frame.number())
                        .writeInt(content.length)
                        .writeBytes(content, 0, first));
        left = first;
        leaving = first < content.length ? frame : null;
    }

    /** The next piece of it leaves. */
    void more() {
        SendWindow.Numbered frame = leaving;
        ChannelHandlerContext of = context;
        if (frame == null || of == null) {
            return;
        }
        byte[] content = frame.frame().content();
        int next = Math.min(content.length - left, PIECE_BYTES);
        write(of, header(of, FrameType.MORE, 0, next).writeBytes(content, left, next));
        left += next;
        if (left == content.length) {
            leaving = null;
        }
    }

    void ack(long nextSmall, long nextLarge) {
        ChannelHandlerContext of = context;
        if (of != null) {
            write(
                    of,
                    header(of, FrameType.ACK, 2 * NUMBER_BYTES, 0)
                            .writeLong(nextSmall)
                            .writeLong(nextLarge));
        }
    }

    void flush() {
        ChannelHandlerContext of = context;
        if (of != null) {
            of.flush();
        }
    }

    private static ByteBuf header(ChannelHandlerContext of, FrameType type, int fields, int content) {
        return of.alloc()
                .buffer(HEADER_BYTES + fields + content)
                .writeInt(fields + content)
                .writeByte(type.code());
    }

    private static void write(ChannelHandlerContext of, ByteBuf frame) {
        ChannelFuture done = of.write(frame);
        done.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    // The connection's life

    /** Reads no more until {@link #resume}: what the peer sends waits in its own memory, but for what one turn has read already. */
    void pause() {
        ChannelHandlerContext of = context;
        if (of != null) {
            of.channel().config().setAutoRead(false);
        }
    }

    void resume() {
        ChannelHandlerContext of = context;
        if (of != null) {
            of.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext of) {
        PeerLink to = link;
        if (to != null && of.channel().isWritable()) {
            to.pump(this);
        }
        of.fireChannelWritabilityChanged();
    }

    /** Not as the superclass does it, which reads on although reading is paused: nothing of what it decodes goes further up the pipeline. */
    @Override
    public void channelReadComplete(ChannelHandlerContext of) {
        discardSomeReadBytes();
        of.fireChannelReadComplete();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext of) {
        closing = true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext of) throws Exception {
        closing = true;
        super.channelInactive(of);
        hub.closed(this);
        PeerLink to = link;
        if (to != null) {
            to.closed(this);
        } else if (dialled != null) {
            hub.notReached(dialled);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext of, Throwable failure) {
        // A handshake that failed has said so already, unless the other side refuses it after this side is done.
        if (!greeted && dialled != null && link != null && failure.getCause() instanceof SSLException refused) {
            hub.handshakeFailed(this, dialled, refused);
        }
        close();
    }

    void close() {
        closing = true;
        ChannelHandlerContext of = context;
        if (of != null) {
            var unused = of.close();
        }
    }
}
