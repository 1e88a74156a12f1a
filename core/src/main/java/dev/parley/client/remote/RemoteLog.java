package dev.parley.client.remote;

import dev.parley.client.BusyException;
import dev.parley.client.CommandReceipt;
import dev.parley.client.LogEntry;
import dev.parley.client.RefusedException;
import dev.parley.client.ReplicatedLog;
import dev.parley.client.UnknownOutcomeException;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.DecidedBlock;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.tls.KeyTls;
import dev.parley.log.Command;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One validator's log in another process, by way of its {@link ClientServer}. Thread-safe. Connects when it is first asked, and again when it
 * is asked after the connection was lost and a while has passed, which grows with each failure; asked within that while, it says at once that
 * the outcome is unknown, so that a client turns to another validator. Stages complete on the thread that serves the connections: what
 * depends on them must not block.
 *
 * <p>As with any validator's log: what it says proves itself by certificates or is to be doubted.
 */
public final class RemoteLog implements ReplicatedLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteLog.class);
    private static final Duration BUSY = Duration.ofMillis(50);
    /** Whatever a validator says, nobody waits longer for it. */
    private static final Duration MAX_RETRY = Duration.ofSeconds(5);

    private static final int WRITE_BATCH_BYTES = 64 << 10;
    /** A request's size beside its command's. */
    private static final int REQUEST_BYTES = 64;

    private enum Phase {
        UNCONNECTED,
        CONNECTING,
        OPEN,
        CLOSED
    }

    /** What was asked; completed exactly once. */
    private sealed interface Request {
        int sizeBytes();

        void fail(Throwable why);

        record Append(Command command, CompletableFuture<CommandReceipt> receipt) implements Request {
            @Override
            public int sizeBytes() {
                return REQUEST_BYTES + command.sizeBytes();
            }

            @Override
            public void fail(Throwable why) {
                receipt.completeExceptionally(why);
            }
        }

        record Page(long from, CompletableFuture<List<DecidedBlock>> blocks) implements Request {
            @Override
            public int sizeBytes() {
                return REQUEST_BYTES;
            }

            @Override
            public void fail(Throwable why) {
                blocks.completeExceptionally(why);
            }
        }
    }

    private record UnderWay(Request request, long sinceNanos) {}

    private final EventLoop eventLoop;
    /** The validator's. */
    private final PublicKey key;

    private final InetSocketAddress address;
    private final String chainId;
    private final ClientCodec codec;
    private final RemoteSettings settings;

    private final Queue<Request> asked = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicLong outstandingBytes = new AtomicLong();
    private final CompletableFuture<NotUsed> gone = new CompletableFuture<>();
    private volatile long height;
    private volatile int maxCommandBytes = Command.MAX_CONTENT_BYTES;
    private volatile Phase phase = Phase.UNCONNECTED;

    /** The rest belongs to the event loop. What was asked before the validator had greeted: */
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();

    /** In the order of their numbers, so that the first is the oldest. */
    private final Map<Long, UnderWay> underWay = new LinkedHashMap<>();

    private @Nullable Channel channel;
    private @Nullable Future<?> checking;
    private long nextRequest = 1;
    private int failures;
    private long notBeforeNanos;
    private long heardNanos;
    private String lastFailure = "";

    /**
     * @param eventLoop lives at least as long
     * @param key of the validator, which it must show unless the settings say that clients speak in plain
     * @param address resolved when the connection is made, if it is not yet
     */
    RemoteLog(
            EventLoop eventLoop,
            PublicKey key,
            InetSocketAddress address,
            String chainId,
            ClientCodec codec,
            RemoteSettings settings) {
        this.eventLoop = eventLoop;
        this.key = key;
        this.address = address;
        this.chainId = chainId;
        this.codec = codec;
        this.settings = settings;
    }

    @Override
    public CompletionStage<CommandReceipt> append(Command command) {
        int max = maxCommandBytes;
        if (command.content().length > max) {
            return CompletableFuture.failedFuture(new RefusedException("the command is larger than the " + max
                    + " bytes that validator " + address + " takes (parley.mempool.max-command-bytes)"));
        }
        CompletableFuture<CommandReceipt> receipt = new CompletableFuture<>();
        ask(new Request.Append(command, receipt));
        return receipt;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A page is asked for when the last one is used up: a slow reader holds back the validator and not the memory. When the connection is
     * lost the source waits and goes on where it was, until it is cancelled; it fails with {@link IllegalStateException} if the validator is
     * of another chain, or sends entries that nobody asked for, or if this log is closed.
     */
    @Override
    public Source<LogEntry, NotUsed> read(long fromHeight) {
        if (fromHeight < 1) {
            throw new IllegalArgumentException("the first entry has height 1, not " + fromHeight);
        }
        return Source.lazySource(() -> new Reader().from(fromHeight))
                .mapMaterializedValue(later -> NotUsed.getInstance());
    }

    /** The last one heard of; 0 before the first connection, which this makes. */
    @Override
    public long height() {
        if (phase == Phase.UNCONNECTED) {
            onLoop(this::connectIfDue);
        }
        return height;
    }

    public InetSocketAddress address() {
        return address;
    }

    /** Closes the connection; what is under way fails with {@link UnknownOutcomeException}, and so does whatever is asked later. */
    @Override
    public void close() {
        onLoop(() -> {
            phase = Phase.CLOSED;
            takeAsked();
            Channel open = channel;
            if (open == null) {
                gone.complete(NotUsed.getInstance());
            } else {
                open.close().addListener(closed -> gone.complete(NotUsed.getInstance()));
            }
            failAll("the client is closed", false);
        });
    }

    /** Completes once {@link #close} has closed the connection. */
    CompletableFuture<NotUsed> gone() {
        return gone;
    }

    /** One stream of entries. */
    private final class Reader {
        private volatile boolean ended;

        private Source<LogEntry, NotUsed> from(long height) {
            return Source.unfoldAsync(height, this::nextPage)
                    .mapConcat(entries -> entries)
                    .watchTermination((nothing, end) -> {
                        var unused = end.whenComplete((done, failure) -> ended = true);
                        return nothing;
                    });
        }

        private CompletionStage<Optional<Pair<Long, List<LogEntry>>>> nextPage(long from) {
            CompletableFuture<List<DecidedBlock>> page = new CompletableFuture<>();
            fetch(from, page);
            return page.thenApply(blocks -> {
                List<LogEntry> entries = blocks.stream().map(LogEntry::of).toList();
                return Optional.of(Pair.create(from + entries.size(), entries));
            });
        }

        /** Asks until there is an entry, or nobody wants it any more. */
        private void fetch(long from, CompletableFuture<List<DecidedBlock>> page) {
            if (ended) {
                page.complete(List.of());
                return;
            }
            CompletableFuture<List<DecidedBlock>> answer = new CompletableFuture<>();
            var unused = answer.whenComplete((blocks, failure) -> {
                switch (failure) {
                    case null -> {
                        if (blocks.isEmpty()) {
                            fetch(from, page);
                        } else {
                            page.complete(blocks);
                        }
                    }
                    case BusyException busy -> fetchAfter(busy.retryAfter(), from, page);
                    case UnknownOutcomeException unknown
                    when phase != Phase.CLOSED -> fetchAfter(settings.minBackoff(), from, page);
                    case UnknownOutcomeException closed ->
                        page.completeExceptionally(new IllegalStateException(closed.getMessage()));
                    default -> page.completeExceptionally(failure);
                }
            });
            ask(new Request.Page(from, answer));
        }

        private void fetchAfter(Duration delay, long from, CompletableFuture<List<DecidedBlock>> page) {
            try {
                var unused = eventLoop.schedule(
                        () -> fetch(from, page), Math.max(1, delay.toMillis()), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                page.completeExceptionally(new IllegalStateException("the client is closed"));
            }
        }
    }

    private void ask(Request request) {
        if (!admit(request.sizeBytes())) {
            request.fail(new BusyException(BUSY));
            return;
        }
        asked.add(request);
        if (woken.compareAndSet(false, true)) {
            onLoop(() -> {
                woken.set(false);
                takeAsked();
            });
        }
    }

    /** A request that is alone is admitted whatever its size. */
    private boolean admit(int size) {
        if (outstanding.incrementAndGet() > settings.maxOutstanding()) {
            outstanding.decrementAndGet();
            return false;
        }
        long before = outstandingBytes.getAndAdd(size);
        if (before > 0 && before + size > settings.maxOutstandingBytes()) {
            outstandingBytes.addAndGet(-size);
            outstanding.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Before a request is completed: whoever it wakes may ask at once. */
    private void free(Request request) {
        outstanding.decrementAndGet();
        outstandingBytes.addAndGet(-request.sizeBytes());
    }

    private void fail(Request request, Throwable why) {
        free(request);
        request.fail(why);
    }

    private void onLoop(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            phase = Phase.CLOSED;
            gone.complete(NotUsed.getInstance());
            Request next;
            while ((next = asked.poll()) != null) {
                fail(next, new UnknownOutcomeException("the client is closed"));
            }
        }
    }

    private void takeAsked() {
        List<Request> toSend = new ArrayList<>();
        Request next;
        while ((next = asked.poll()) != null) {
            connectIfDue();
            switch (phase) {
                case OPEN -> toSend.add(next);
                case CONNECTING -> waiting.add(next);
                case UNCONNECTED -> fail(next, new UnknownOutcomeException(lastFailure));
                case CLOSED -> fail(next, new UnknownOutcomeException("the client is closed"));
            }
        }
        send(toSend);
    }

    private void send(List<Request> requests) {
        Channel open = channel;
        if (open == null || requests.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        ByteBuf out = open.alloc().ioBuffer();
        for (Request request : requests) {
            long number = nextRequest++;
            underWay.put(number, new UnderWay(request, now));
            byte[] frame = codec.encode(
                    switch (request) {
                        case Request.Append append -> new ClientFrame.Append(number, append.command());
                        case Request.Page page -> new ClientFrame.Read(number, page.from());
                    });
            out.writeInt(frame.length).writeBytes(frame);
            if (out.readableBytes() >= WRITE_BATCH_BYTES) {
                var unused = open.write(out);
                out = open.alloc().ioBuffer();
            }
        }
        var unused = open.writeAndFlush(out);
    }

    private void connectIfDue() {
        long now = System.nanoTime();
        if (phase != Phase.UNCONNECTED || (failures > 0 && now - notBeforeNanos < 0)) {
            return;
        }
        phase = Phase.CONNECTING;
        heardNanos = now;
        ChannelFuture connecting = new Bootstrap()
                .group(eventLoop)
                .channel(NioSocketChannel.class)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(settings.connectTimeout().toMillis()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        if (settings.tls()) {
                            connection
                                    .pipeline()
                                    .addLast(new SslHandler(KeyTls.anonymous().client(RemoteLog.this::check)));
                        }
                        connection.pipeline().addLast(new Link());
                    }
                })
                .connect(address);
        Channel mine = connecting.channel();
        channel = mine;
        long interval = checkIntervalMillis();
        checking = eventLoop.scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.MILLISECONDS);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                lost(
                        mine,
                        "cannot connect to validator " + address + ": "
                                + done.cause().getMessage(),
                        false);
            }
        });
    }

    private void check(PublicKey shown) throws CertificateException {
        if (!shown.equals(key)) {
            throw new CertificateException("it has the key " + shown + ", not " + key
                    + "; correct the addresses, which are in the order of the validators, or parley.validators");
        }
    }

    private long checkIntervalMillis() {
        long shortest = Math.min(
                settings.connectTimeout().toMillis(),
                Math.min(
                        settings.silenceTimeout().toMillis(),
                        settings.requestTimeout().toMillis()));
        return Math.clamp(shortest / 4, 5, 1000);
    }

    /** One connection, from its beginning to its end. */
    private final class Link extends ChannelInboundHandlerAdapter {
        private final FrameReader frames =
                new FrameReader(ClientCodec.MAX_ANSWER_BYTES, FrameReader.Allowance.UNLIMITED);

        @Override
        public void channelActive(ChannelHandlerContext context) {
            byte[] hello = codec.encode(new ClientFrame.Hello(ClientFrame.VERSION, chainId));
            ByteBuf out = context.alloc().ioBuffer(4 + hello.length);
            var unused = context.writeAndFlush(out.writeInt(hello.length).writeBytes(hello));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                ByteBuf in = (ByteBuf) message;
                heardNanos = System.nanoTime();
                while (context.channel().equals(channel)) {
                    byte[] frame = frames.next(in);
                    if (frame == null) {
                        return;
                    }
                    on(codec.decode(frame));
                }
            } catch (ProtocolException | MalformedException e) {
                giveUp("validator " + address + " does not speak the client protocol: " + e.getMessage(), false);
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            lost(context.channel(), "the connection to validator " + address + " was closed", false);
        }

        /** A connection that breaks is an ordinary end; anything else is a defect, which the end of the pipeline logs. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause.getCause() instanceof SSLException failure) {
                String wrong = notToBeMendedByWaiting(failure);
                lost(
                        context.channel(),
                        "no TLS with validator " + address + ": " + (wrong == null ? failure.getMessage() : wrong),
                        wrong != null);
                var unused = context.close();
                return;
            }
            if (!(cause instanceof IOException)) {
                context.fireExceptionCaught(cause);
            }
            lost(context.channel(), "the connection to validator " + address + " broke: " + cause.getMessage(), false);
            var unused = context.close();
        }
    }

    private static @Nullable String notToBeMendedByWaiting(SSLException failure) {
        if (failure instanceof NotSslRecordException) {
            return "it does not speak TLS; parley.client.remote.tls here and parley.client-server.tls there must be the same";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException key) {
                return key.getMessage();
            }
        }
        return null;
    }

    private void on(ClientFrame frame) throws ProtocolException {
        switch (frame) {
            case ClientFrame.Welcome welcome when phase == Phase.CONNECTING -> welcomed(welcome);
            case ClientFrame.Failure failure ->
                giveUp(
                        "validator " + address + " refused the connection: " + PrintableText.of(failure.message()),
                        failure.error().isLasting());
            case ClientFrame.Height told when phase == Phase.OPEN -> height = told.height();
            case ClientFrame.Answer answer when phase == Phase.OPEN -> answered(answer);
            default ->
                throw new ProtocolException(
                        ProtocolError.MALFORMED, "a " + frame.getClass().getSimpleName() + " has no place here");
        }
    }

    private void welcomed(ClientFrame.Welcome welcome) {
        if (welcome.version() != ClientFrame.VERSION) {
            giveUp(
                    "validator " + address + " speaks version " + welcome.version() + " of the client protocol, not "
                            + ClientFrame.VERSION + "; use the same release of Parley on both sides",
                    true);
            return;
        }
        if (!welcome.chainId().equals(chainId)) {
            giveUp(
                    "validator " + address + " serves chain '" + PrintableText.of(welcome.chainId()) + "', not '"
                            + chainId + "'; check the chain id and the address",
                    true);
            return;
        }
        phase = Phase.OPEN;
        maxCommandBytes = welcome.maxCommandBytes();
        height = welcome.height();
        List<Request> first = new ArrayList<>(waiting);
        waiting.clear();
        send(first);
    }

    private void answered(ClientFrame.Answer answer) throws ProtocolException {
        UnderWay asker = underWay.remove(answer.request());
        if (asker == null) {
            if (answer.request() >= nextRequest) {
                throw new ProtocolException(ProtocolError.MALFORMED, "an answer that nobody asked for");
            }
            // It was given up meanwhile.
            return;
        }
        failures = 0;
        Request request = asker.request();
        free(request);
        switch (answer) {
            case ClientFrame.Receipt receipt
            when request instanceof Request.Append append -> append.receipt().complete(receipt.receipt());
            case ClientFrame.Entries entries
            when request instanceof Request.Page page -> turned(page, entries.blocks());
            case ClientFrame.Busy busy ->
                request.fail(
                        new BusyException(Duration.ofMillis(Math.min(busy.retryAfterMillis(), MAX_RETRY.toMillis()))));
            case ClientFrame.Refused refused -> request.fail(new RefusedException(PrintableText.of(refused.why())));
            case ClientFrame.Unknown unknown ->
                request.fail(new UnknownOutcomeException(PrintableText.of(unknown.why())));
            default -> {
                request.fail(new UnknownOutcomeException("validator " + address + " answered something else"));
                throw new ProtocolException(ProtocolError.MALFORMED, "an answer to another question");
            }
        }
    }

    private void turned(Request.Page page, List<DecidedBlock> blocks) throws ProtocolException {
        long expected = page.from();
        for (DecidedBlock block : blocks) {
            if (block.height() != expected++) {
                page.fail(new IllegalStateException(
                        "validator " + address + " sent entry " + block.height() + " in place of " + (expected - 1)));
                throw new ProtocolException(ProtocolError.MALFORMED, "entries that nobody asked for");
            }
        }
        page.blocks().complete(blocks);
    }

    /** Now and then: has the validator been silent for too long? */
    private void check() {
        long now = System.nanoTime();
        if (phase == Phase.CONNECTING
                && now - heardNanos >= settings.connectTimeout().toNanos()) {
            giveUp("validator " + address + " did not greet within " + settings.connectTimeout(), false);
            return;
        }
        Iterator<UnderWay> oldest = underWay.values().iterator();
        List<Request> late = new ArrayList<>();
        while (oldest.hasNext()) {
            UnderWay next = oldest.next();
            if (now - next.sinceNanos() < settings.requestTimeout().toNanos()) {
                long silentSince = Math.max(next.sinceNanos() - now, heardNanos - now);
                if (-silentSince >= settings.silenceTimeout().toNanos()) {
                    giveUp("validator " + address + " said nothing for " + settings.silenceTimeout(), false);
                }
                break;
            }
            oldest.remove();
            late.add(next.request());
        }
        late.forEach(request ->
                fail(request, new UnknownOutcomeException("no answer came within " + settings.requestTimeout())));
    }

    private void giveUp(String why, boolean lasting) {
        Channel open = channel;
        if (open != null) {
            lost(open, why, lasting);
            var unused = open.close();
        }
    }

    /** A connection has ended, or is as good as ended; told once for each. */
    private void lost(Channel which, String why, boolean lasting) {
        if (!which.equals(channel)) {
            return;
        }
        channel = null;
        Future<?> check = checking;
        if (check != null) {
            check.cancel(false);
        }
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.UNCONNECTED;
        failures = Math.min(failures + 1, 30);
        long longest = settings.maxBackoff().toMillis();
        long backoff =
                lasting ? longest : Math.min(longest, settings.minBackoff().toMillis() << Math.min(failures - 1, 20));
        notBeforeNanos = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(
                        backoff - ThreadLocalRandom.current().nextLong(backoff / 2 + 1));
        if (!why.equals(lastFailure)) {
            LOG.warn("{}", why);
        }
        lastFailure = why;
        failAll(why, lasting);
    }

    private void failAll(String why, boolean lasting) {
        List<Request> lost = new ArrayList<>();
        underWay.values().forEach(next -> lost.add(next.request()));
        underWay.clear();
        lost.addAll(waiting);
        waiting.clear();
        for (Request request : lost) {
            fail(
                    request,
                    lasting && request instanceof Request.Page
                            ? new IllegalStateException(why)
                            : new UnknownOutcomeException(why));
        }
    }
}
