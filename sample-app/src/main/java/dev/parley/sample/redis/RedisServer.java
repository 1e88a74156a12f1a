package dev.parley.sample.redis;

import dev.parley.sample.store.Batch;
import dev.parley.sample.store.Replies;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Speaks RESP2 to any number of clients and hands what each has pipelined to the store as one {@link Batch} at a time. Thread-safe.
 *
 * <pre>{@code
 * RedisServer server = RedisServer.start(
 *         RedisServerSettings.onLoopback(6379), batch -> client.submit(batch).thenApply(Receipt::result), List::of);
 * }</pre>
 */
public final class RedisServer implements AutoCloseable {
    private static final long GRACE_MILLIS = 2000;

    private final EventLoopGroup eventLoops;
    private final Channel listener;
    private final ChannelGroup connections;

    private RedisServer(EventLoopGroup eventLoops, Channel listener, ChannelGroup connections) {
        this.eventLoops = eventLoops;
        this.listener = listener;
        this.connections = connections;
    }

    /**
     * Listens before it returns.
     *
     * @param store executes a batch; must not block. Its stage may fail as {@code ParleyClient.submit}'s does
     * @param info what INFO shows besides the server's own sections; called on an event loop, so it must not block
     * @throws IOException that names the address, if it cannot be listened on
     */
    public static RedisServer start(
            RedisServerSettings settings,
            Function<? super Batch, ? extends CompletionStage<Replies>> store,
            Supplier<? extends List<InfoSection>> info)
            throws IOException {
        EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
                settings.threads(), new DefaultThreadFactory("parley-redis", true), NioIoHandler.newFactory());
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        AtomicLong lastConnection = new AtomicLong();
        ServerCommands commands = new ServerCommands(info, connections::size);
        ChannelFuture bound = new ServerBootstrap()
                .group(eventLoops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        new RequestDecoder(settings.requestTimeout()),
                                        new Connection(
                                                settings,
                                                lastConnection.incrementAndGet(),
                                                store,
                                                commands,
                                                connections));
                    }
                })
                .bind(settings.host(), settings.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var unused = eventLoops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
            throw new IOException(
                    "cannot listen on port " + settings.port() + " of " + settings.host() + ": "
                            + bound.cause().getMessage() + "; is another server running there?",
                    bound.cause());
        }
        return new RedisServer(eventLoops, bound.channel(), connections);
    }

    /** Where clients connect; the port is the real one if 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Accepts nobody new, answers what was read already for at most two seconds, and closes all. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.forEach(channel -> channel.pipeline().fireUserEventTriggered(Connection.Drain.REQUESTED));
        connections.newCloseFuture().awaitUninterruptibly(GRACE_MILLIS);
        connections.close().awaitUninterruptibly(GRACE_MILLIS);
        eventLoops.shutdownGracefully(0, GRACE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(2 * GRACE_MILLIS);
    }
}
