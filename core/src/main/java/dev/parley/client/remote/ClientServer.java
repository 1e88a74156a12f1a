package dev.parley.client.remote;

import dev.parley.client.ReplicatedLog;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.tls.HandshakeIntake;
import dev.parley.crypto.tls.KeyTls;
import dev.parley.logging.LogContext;
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
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows one validator's log to clients in other processes ({@link RemoteLog}), which know the validator by its key. Thread-safe. Whatever one
 * client sends, or does not, costs it its own connection and the others nothing.
 *
 * <pre>{@code
 * ClientServer server = ClientServer.start(
 *         system, ClientServerSettings.of(system.settings().config()), key, "my-chain", codec, node.log());
 * }</pre>
 */
public final class ClientServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientServer.class);
    private static final long SHUTDOWN_MILLIS = 4000;

    private final ClientServerSettings settings;
    private final String chainId;
    private final ClientCodec codec;
    private final ReplicatedLog log;
    private final ActorSystem<?> system;
    /** Null if clients speak in plain. */
    private final @Nullable KeyTls tls;

    /** Signatures of handshakes, so that no client's bytes wait for them. */
    private final ExecutorService signatures =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("parley-client-server-handshakes", true));

    private final EventLoopGroup eventLoops;
    private final Refusals refusals;
    /** All that are open, those that are being sent away included. Whatever is added after it was closed is closed. */
    private final ChannelGroup channels = new DefaultChannelGroup("clients", ImmediateEventExecutor.INSTANCE, true);

    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final UnfinishedBytes unfinished;

    /** Guards what follows: how many connections are admitted, in all and by address. */
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();

    private int admitted;

    /** Connections that are told why they are closed. */
    private final AtomicInteger lingering = new AtomicInteger();

    private final Channel listener;
    private final InetSocketAddress address;

    /** Of the event loop that tells heights. */
    private long toldHeight = -1;

    private long toldAtNanos;

    private ClientServer(
            ActorSystem<?> system,
            ClientServerSettings settings,
            KeyPair own,
            String chainId,
            ClientCodec codec,
            ReplicatedLog log,
            LogContext context)
            throws IOException {
        this.tls = settings.tls() ? KeyTls.showing(own) : null;
        this.refusals = new Refusals(LOG, context);
        this.system = system;
        this.settings = settings;
        this.chainId = chainId;
        this.codec = codec;
        this.log = log;
        this.unfinished = new UnfinishedBytes(settings.maxUnfinishedBytes());
        eventLoops = new MultiThreadIoEventLoopGroup(
                settings.threads(), new DefaultThreadFactory("parley-client-server", true), NioIoHandler.newFactory());
        listener = listen();
        address = (InetSocketAddress) listener.localAddress();
        long interval = settings.heightInterval().toMillis();
        var unused =
                eventLoops.next().scheduleWithFixedDelay(this::tellHeight, interval, interval, TimeUnit.MILLISECONDS);
    }

    private Channel listen() throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(eventLoops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accepted(channel);
                    }
                })
                .bind(settings.host(), settings.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            eventLoops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).awaitUninterruptibly(SHUTDOWN_MILLIS);
            signatures.shutdown();
            throw new IOException(
                    "cannot listen for clients on port " + settings.port() + " of " + settings.host() + ": "
                            + bound.cause().getMessage() + "; is another validator running there?",
                    bound.cause());
        }
        return bound.channel();
    }

    private void accepted(SocketChannel channel) {
        channels.add(channel);
        ServerConnection connection = new ServerConnection(this, channel);
        if (tls != null) {
            SslHandler handler = new SslHandler(tls.serverOfAnyone(), false, signatures);
            handler.setHandshakeTimeoutMillis(settings.helloTimeout().toMillis());
            channel.pipeline().addLast(new HandshakeIntake(handler), new TlsGate(handler, connection));
        }
        channel.pipeline().addLast(connection);
    }

    /** What all connections hold of unfinished frames. */
    private static final class UnfinishedBytes implements FrameReader.Allowance {
        private final long max;
        private final AtomicLong taken = new AtomicLong();

        private UnfinishedBytes(long max) {
            this.max = max;
        }

        @Override
        public boolean take(int bytes) {
            if (taken.addAndGet(bytes) > max) {
                taken.addAndGet(-bytes);
                return false;
            }
            return true;
        }

        @Override
        public void giveBack(int bytes) {
            taken.addAndGet(-bytes);
        }
    }

    /**
     * Listens before it returns.
     *
     * @param system runs the streams that read the log
     * @param own the validator's key, which it shows to its clients unless the settings say that they speak in plain
     * @param chainId whose log it is; clients of another chain are refused
     * @param log a validator's own; asked on event loops, so it must not block
     * @throws IOException that names the address, if it cannot be listened on
     */
    public static ClientServer start(
            ActorSystem<?> system,
            ClientServerSettings settings,
            KeyPair own,
            String chainId,
            ClientCodec codec,
            ReplicatedLog log)
            throws IOException {
        return start(system, settings, own, chainId, codec, log, LogContext.none());
    }

    /** @param context of what is logged: who was refused */
    public static ClientServer start(
            ActorSystem<?> system,
            ClientServerSettings settings,
            KeyPair own,
            String chainId,
            ClientCodec codec,
            ReplicatedLog log,
            LogContext context)
            throws IOException {
        return new ClientServer(system, settings, own, chainId, codec, log, context);
    }

    /** Where clients connect; the port is the real one if 0 was asked for. */
    public InetSocketAddress address() {
        return address;
    }

    /** How many clients are connected now. */
    public synchronized int connections() {
        return admitted;
    }

    /** How many connections were ended for a reason. */
    public long refused(ProtocolError why) {
        return refusals.of(why);
    }

    /** Closes all connections and waits until the server's threads are gone, four seconds at the most. What was appended stays so. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly(SHUTDOWN_MILLIS);
        // Event loops that shut down forget their sockets without a word to the other side.
        channels.close().awaitUninterruptibly(SHUTDOWN_MILLIS);
        eventLoops.shutdownGracefully(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(SHUTDOWN_MILLIS);
        signatures.shutdown();
    }

    ClientServerSettings settings() {
        return settings;
    }

    String chainId() {
        return chainId;
    }

    ClientCodec codec() {
        return codec;
    }

    ReplicatedLog log() {
        return log;
    }

    ActorSystem<?> system() {
        return system;
    }

    FrameReader.Allowance unfinished() {
        return unfinished;
    }

    /** @return null if the connection is one of the server's from now on, until {@link #leave} */
    synchronized @Nullable String refuseToAdmit(ServerConnection connection, InetAddress address) {
        if (admitted >= settings.maxConnections()) {
            return "the server has its " + settings.maxConnections() + " connections; try another validator, or later";
        }
        int ofAddress = byAddress.getOrDefault(address, 0);
        if (ofAddress >= settings.maxConnectionsPerAddress()) {
            return "your address has the " + settings.maxConnectionsPerAddress()
                    + " connections that it may have; close some";
        }
        admitted++;
        byAddress.put(address, ofAddress + 1);
        connections.add(connection);
        return null;
    }

    synchronized void leave(ServerConnection connection, InetAddress address) {
        if (connections.remove(connection)) {
            admitted--;
            byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Whether one more connection may stay for the moment that it takes to read why it is closed. */
    boolean mayLinger() {
        if (lingering.incrementAndGet() > settings.maxConnections()) {
            lingering.decrementAndGet();
            return false;
        }
        return true;
    }

    void lingered() {
        lingering.decrementAndGet();
    }

    void count(ProtocolError error, String from, String why) {
        refusals.count(error, from, why, System.nanoTime());
    }

    private void tellHeight() {
        long height = log.height();
        long now = System.nanoTime();
        if (height != toldHeight || now - toldAtNanos >= settings.heartbeat().toNanos()) {
            toldHeight = height;
            toldAtNanos = now;
            connections.forEach(connection -> connection.tellHeight(height));
        }
    }
}
