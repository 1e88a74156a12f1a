package dev.parley.network.links;

import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.tls.HandshakeIntake;
import dev.parley.logging.LogContext;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerNetwork;
import dev.parley.network.secure.Disagreement;
import dev.parley.network.secure.LinkIdentity;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.network.secure.RefusalCounts;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One validator's way to peers in other processes, over a TLS connection with each ({@link PeerTls}). Order is kept among small frames and
 * among large ones; a small one can overtake a large one. What is not acknowledged when a connection is lost is sent again on the next. What a
 * peer does costs it its own link. Thread-safe; one thread does all that connections need.
 */
public final class LinkNetwork implements PeerNetwork {
    private static final Logger LOG = LoggerFactory.getLogger(LinkNetwork.class);
    private static final long SHUTDOWN_MILLIS = 4000;
    private static final long TICK_MILLIS = 20;
    /** Read at a time of one connection before others have their turn: who floods does not keep them waiting. */
    private static final int TURN_BYTES = 16 << 10;

    private static final RecvByteBufAllocator TURNS =
            new AdaptiveRecvByteBufAllocator(1 << 10, 8 << 10, TURN_BYTES).maxMessagesPerRead(1);
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(64 << 10, 192 << 10);

    private final LinkIdentity identity;
    private final LinksSettings settings;
    private final LinkTimes times;
    private final PeerCodec codec;
    private final LogContext context;
    private final PeerTls tls;
    private final RefusalCounts counts;
    private final SecureRandom random = new SecureRandom();
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final ChannelGroup channels = new DefaultChannelGroup("peers", ImmediateEventExecutor.INSTANCE);
    private final Channel listener;
    private volatile @Nullable LinkHub current;
    /** Makes and checks the signatures of handshakes, which would keep the event loop from all other links. */
    private final ExecutorService signatures =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("parley-links-signatures", true));
    /** Looks up the names of hosts, which can take as long as it likes, for each peer by itself: no more than one at once. */
    private final ExecutorService lookups =
            Executors.newCachedThreadPool(new DefaultThreadFactory("parley-links-lookups", true));

    /** Of the event loop. */
    private final HandshakeBudget handshakes;

    /** As {@link #start} has it, with other times. */
    LinkNetwork(
            LinksSettings settings,
            LinkTimes times,
            LinkIdentity identity,
            KeyPair key,
            PeerCodec codec,
            LogContext context) {
        settings.requireFor(identity.validators());
        this.settings = settings;
        this.times = times;
        this.identity = identity;
        this.codec = codec;
        this.context = context;
        this.tls = new PeerTls(identity.validators(), identity.self(), key);
        this.counts = new RefusalCounts(identity.validators().size());
        this.handshakes = new HandshakeBudget(identity.validators().size());
        this.group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("parley-links", true), NioIoHandler.newFactory());
        this.loop = group.next();
        this.listener = listen();
        var unused = loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Listens before it returns.
     *
     * @param identity of the one validator that may join here
     * @param key of that validator
     * @throws IllegalArgumentException that says what to do, if it cannot listen or the parts do not fit together
     */
    public static LinkNetwork start(
            LinksSettings settings, LinkIdentity identity, KeyPair key, PeerCodec codec, LogContext context) {
        return new LinkNetwork(settings, LinkTimes.DEFAULT, identity, key, codec, context);
    }

    private Channel listen() {
        PeerAddress address = settings.listensAt(identity.self());
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, TURNS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accepted(channel);
                    }
                })
                .bind(address.host(), address.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).awaitUninterruptibly(SHUTDOWN_MILLIS);
            throw new IllegalArgumentException(
                    settings.whereListens(identity.self()) + ": cannot listen there for the other validators ("
                            + bound.cause().getMessage() + "); choose another port, or end who has it",
                    bound.cause());
        }
        return bound.channel();
    }

    /** {@inheritDoc} Only the validator of this process can join. */
    @Override
    public synchronized Link join(ValidatorId self, Inbox inbox) {
        if (!self.equals(identity.self())) {
            throw new IllegalArgumentException("this process is validator "
                    + identity.self().index() + " and can't be " + self.index() + "; give each process its own index");
        }
        LinkHub former = current;
        if (former != null) {
            former.close();
        }
        long incarnation = random.nextLong();
        LinkHub hub =
                new LinkHub(this, identity, settings, times, codec, tls, inbox, incarnation == 0 ? 1 : incarnation);
        current = hub;
        return hub;
    }

    @Override
    public long refused(@Nullable ValidatorId claimed, LinkRefusal reason) {
        return counts.of(claimed, reason);
    }

    @Override
    public List<Disagreement> disagreements() {
        LinkHub hub = current;
        return hub == null ? List.of() : hub.disagreements();
    }

    @Override
    public long dropped(ValidatorId to) {
        PeerLink link = link(to);
        return link == null ? 0 : link.dropped();
    }

    @Override
    public long outstandingBytes(ValidatorId to) {
        PeerLink link = link(to);
        return link == null ? 0 : link.outstandingBytes();
    }

    @Override
    public boolean isOpen(ValidatorId to) {
        PeerLink link = link(to);
        return link != null && link.isOpen();
    }

    ValidatorId self() {
        return identity.self();
    }

    /** For tests: dials a peer whether or not it is time to. */
    void dialNow(ValidatorId peer) {
        LinkHub hub = current;
        if (hub != null) {
            execute(() -> dial(hub, peer));
        }
    }

    private @Nullable PeerLink link(ValidatorId peer) {
        LinkHub hub = current;
        return hub == null ? null : hub.link(peer);
    }

    /** {@inheritDoc} Waits four seconds at the most. */
    @Override
    public void close() {
        LinkHub hub = current;
        if (hub != null) {
            hub.close();
        }
        listener.close().awaitUninterruptibly(SHUTDOWN_MILLIS);
        channels.close().awaitUninterruptibly(SHUTDOWN_MILLIS);
        group.shutdownGracefully(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(SHUTDOWN_MILLIS);
        signatures.shutdown();
        lookups.shutdown();
    }

    // What links ask for

    void execute(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else if (!loop.isShuttingDown()) {
            loop.execute(task);
        }
    }

    /** On the event loop; never, if it ends before. */
    void later(Runnable task, long millis) {
        var unused = loop.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    void left(LinkHub hub) {
        synchronized (this) {
            if (current == hub) {
                current = null;
            }
        }
        // Its peers notice, and greet whoever joins next.
        var unused = channels.close();
    }

    void dial(LinkHub hub, ValidatorId peer) {
        lookups.execute(() -> {
            InetSocketAddress to = settings.reachedAt(peer);
            InetSocketAddress from = settings.outbound();
            execute(() -> dial(hub, peer, to, from));
        });
    }

    private void dial(LinkHub hub, ValidatorId peer, InetSocketAddress to, @Nullable InetSocketAddress from) {
        if (hub.isClosed()) {
            return;
        }
        if (to.isUnresolved()) {
            hub.notReached(peer);
            return;
        }
        handshakes.isAt(peer, to.getAddress());
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, TURNS)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) times.handshakeMillis())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        secure(channel, new LinkConnection(hub, peer), hub, peer);
                    }
                });
        ChannelFuture connecting = from == null ? bootstrap.connect(to) : bootstrap.connect(to, from);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                hub.notReached(peer);
            }
        });
    }

    private void accepted(SocketChannel channel) {
        LinkHub hub = current;
        InetSocketAddress from = channel.remoteAddress();
        if (hub == null || from == null) {
            var unused = channel.close();
            return;
        }
        LinkConnection connection = new LinkConnection(hub, null);
        if (!handshakes.begins(connection, from.getAddress(), hub.now())) {
            count(null, LinkRefusal.TOO_MANY_HANDSHAKES, "from " + from);
            var unused = channel.close();
            return;
        }
        secure(channel, connection, hub, null);
    }

    private void secure(SocketChannel channel, LinkConnection connection, LinkHub hub, @Nullable ValidatorId expected) {
        channels.add(channel);
        SslHandler handler = new SslHandler(hub.tls().engine(expected), false, signatures);
        handler.setHandshakeTimeoutMillis(times.handshakeMillis());
        channel.pipeline().addLast(new HandshakeIntake(handler), handler, connection);
    }

    /** It has shown a key, or is gone. */
    void handshakeEnded(LinkConnection connection) {
        handshakes.ended(connection);
    }

    /** What the other side's key is not, or why the other side does not want this one's; a connection that just ended says nothing. */
    void handshakeFailed(LinkHub hub, LinkConnection connection, @Nullable ValidatorId dialled, Throwable failure) {
        if (hub.isClosed()) {
            return;
        }
        for (Throwable why = failure; why != null; why = why.getCause()) {
            if (why instanceof CertificateException) {
                count(dialled, LinkRefusal.BAD_SIGNATURE, connection.address() + ": " + why.getMessage());
                return;
            }
        }
        count(
                dialled,
                LinkRefusal.HANDSHAKE_FAILED,
                failure instanceof SSLHandshakeException
                        ? connection.address() + ": " + failure.getMessage()
                                + "; if it is a validator, its log says what it does not like"
                        : null);
    }

    /** Says so, at most once a minute for each peer and reason. */
    void count(@Nullable ValidatorId peer, LinkRefusal reason, @Nullable String detail) {
        long inAll = counts.count(peer, reason, System.nanoTime() / 1_000_000);
        if (inAll > 0) {
            boolean usual = reason == LinkRefusal.HANDSHAKE_FAILED && detail == null;
            context.around(() -> LOG.atLevel(usual ? Level.DEBUG : Level.WARN)
                    .log(
                            "validator {} refuses {}: {}{} ({} in all; told at most once a minute)",
                            identity.self(),
                            peer == null
                                    ? "a connection"
                                    : peer + " at " + settings.addresses().get(peer.index()),
                            reason,
                            detail == null ? "" : ", " + detail,
                            inAll));
        }
    }

    /** Whatever goes wrong at one link ends nothing of the others. */
    void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | OutOfMemoryError e) {
            context.around(() -> LOG.error("validator {}: a link failed", identity.self(), e));
        }
    }

    private void tick() {
        LinkHub hub = current;
        if (hub != null) {
            hub.tick();
        }
    }
}
