package dev.parley.client.remote;

import dev.parley.crypto.tls.HandshakeIntake;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.util.List;

/** Looks at a connection's first bytes: if they begin TLS, it gives way to TLS, and if not, the client is told so in words it can read. */
final class TlsGate extends ByteToMessageDecoder {
    private static final int RECORD_HEADER_BYTES = 5;

    private final SslHandler tls;
    private final ServerConnection connection;

    TlsGate(SslHandler tls, ServerConnection connection) {
        this.tls = tls;
        this.connection = connection;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < RECORD_HEADER_BYTES) {
            return;
        }
        if (SslHandler.isEncrypted(in, false)) {
            context.pipeline().replace(this, null, tls);
        } else {
            context.pipeline().remove(HandshakeIntake.class);
            context.pipeline().remove(this);
            connection.withoutTls();
        }
    }
}
