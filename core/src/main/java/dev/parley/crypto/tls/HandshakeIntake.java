package dev.parley.crypto.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;

/**
 * Stands before TLS and reads no more than a handshake needs until it is done: {@link SslHandler} keeps whatever comes while the signatures are
 * made, however much that is. Belongs to its event loop.
 */
public final class HandshakeIntake extends ChannelDuplexHandler {
    /** A handshake takes a few; one read may go beyond. */
    private static final int MAX_BYTES = 32 << 10;

    private final SslHandler tls;
    private int seen;

    /**
     * To be first in the pipeline; goes when it is done.
     *
     * @param tls to come behind it, at once or later
     */
    public HandshakeIntake(SslHandler tls) {
        this.tls = tls;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        seen += ((ByteBuf) message).readableBytes();
        if (seen >= MAX_BYTES) {
            context.channel().config().setAutoRead(false);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        tls.handshakeFuture().addListener(done -> {
            if (!context.isRemoved()) {
                context.pipeline().remove(this);
                context.channel().config().setAutoRead(true);
            }
        });
    }

    /** TLS asks for more whether or not the socket is to be read. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (seen < MAX_BYTES) {
            context.read();
        }
    }
}
