package dev.parley.crypto.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crypto.KeyPair;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class HandshakeIntakeTest {
    private int reads;

    /** Counts how often the socket would be read. */
    private final class Socket extends ChannelOutboundHandlerAdapter {
        @Override
        public void read(ChannelHandlerContext context) {
            reads++;
            context.read();
        }
    }

    @Test
    void what_comes_while_signatures_are_made_is_left_in_the_senders_memory_until_they_are_there() {
        SslHandler tls = new SslHandler(
                KeyTls.showing(KeyPair.generate(new SecureRandom())).serverOfAnyone());
        EmbeddedChannel channel = new EmbeddedChannel(new Socket(), new HandshakeIntake(tls));
        int turns = 0;
        while (channel.config().isAutoRead() && turns < 100) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[4096]));
            turns++;
        }
        assertThat(turns).isEqualTo(8);
        int before = reads;
        // As TLS does that has no whole record yet.
        channel.read();
        assertThat(reads).isEqualTo(before);
        // Which ends its handshake.
        channel.pipeline().addLast(tls).remove(tls);
        assertThat(channel.pipeline().get(HandshakeIntake.class)).isNull();
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(reads).isGreaterThan(before);
        channel.finishAndReleaseAll();
    }
}
