package dev.parley.client.remote;

import dev.parley.client.BusyException;
import dev.parley.client.CommandReceipt;
import dev.parley.client.LogEntry;
import dev.parley.client.RefusedException;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.DecidedBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Sink;
import org.jspecify.annotations.Nullable;

/**
 * One client. Its socket is not read while it has as much under way as it may, or does not read its answers, which wait unencoded until
 * it does. Runs on its event loop alone, but for answers, which come from anywhere.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {
    /** Requests for entries of one connection that may wait at once. */
    static final int MAX_READS = 16;

    private static final int WRITE_BATCH_BYTES = 64 << 10;
    private static final long BUSY_MILLIS = 50;
    /** How long a client that is sent away has to read why. */
    private static final long LINGER_MILLIS = 500;

    private enum Phase {
        GREETING,
        OPEN,
        ENDING
    }

    /** @param requestBytes what becomes free once the answer is written */
    private record Reply(ClientFrame.Answer answer, int requestBytes, boolean page) {}

    private final ClientServer server;
    private final SocketChannel channel;
    private final FrameReader frames;
    private final SharedKillSwitch reading = KillSwitches.shared("client");
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private Phase phase = Phase.GREETING;
    private int outstanding;
    private long outstandingBytes;
    private int reads;
    private long sinceNanos;
    private long frameSinceNanos;
    private long unwritableSinceNanos;
    private @Nullable InetSocketAddress remoteAddress;
    /** Why it is closed, for when TLS is there to say it. */
    private byte @Nullable [] lastWords;

    ServerConnection(ClientServer server, SocketChannel channel) {
        this.server = server;
        this.channel = channel;
        this.frames = new FrameReader(ClientCodec.MAX_HELLO_BYTES, server.unfinished());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        sinceNanos = System.nanoTime();
        remoteAddress = channel.remoteAddress();
        String refusal = server.refuseToAdmit(this, address());
        if (refusal != null) {
            end(ProtocolError.TOO_MANY_CONNECTIONS, refusal);
            return;
        }
        long interval = server.settings().checkInterval().toMillis();
        var check = channel.eventLoop().scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> check.cancel(false));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        phase = Phase.ENDING;
        server.leave(this, address());
        frames.release();
        reading.shutdown();
        replies.clear();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            receive((ByteBuf) message);
        } catch (ProtocolException e) {
            end(e.error(), String.valueOf(e.getMessage()));
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            reply();
        } else {
            unwritableSinceNanos = System.nanoTime();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            byte[] last = lastWords;
            if (done.isSuccess() && last != null) {
                say(last);
            } else if (!done.isSuccess() && phase == Phase.GREETING && channel.isActive()) {
                phase = Phase.ENDING;
                boolean late = done.cause() instanceof SslHandshakeTimeoutException;
                server.count(
                        late ? ProtocolError.TOO_SLOW : ProtocolError.NO_TLS,
                        from(),
                        String.valueOf(done.cause().getMessage()));
            }
        }
        context.fireUserEventTriggered(event);
    }

    /** The client has not begun with TLS, which is on. */
    void withoutTls() {
        end(
                ProtocolError.NO_TLS,
                "this validator speaks TLS to Parley's clients; a client has it by parley.client.remote.tls = on");
    }

    /** A connection that breaks is an ordinary end; anything else is a defect, which the end of the pipeline logs. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause.getCause() instanceof SSLException)) {
            context.fireExceptionCaught(cause);
        }
        var unused = context.close();
    }

    /** From any thread: writes it soon, unless the client does not read. */
    void tellHeight(long height) {
        onLoop(() -> {
            if (phase == Phase.OPEN && channel.isWritable()) {
                write(new ClientFrame.Height(height));
            }
        });
    }

    private void receive(ByteBuf in) throws ProtocolException {
        while (phase != Phase.ENDING) {
            boolean inside = frames.isInsideFrame();
            byte[] frame = frames.next(in);
            if (frame == null) {
                if (!inside) {
                    frameSinceNanos = System.nanoTime();
                }
                break;
            }
            sinceNanos = System.nanoTime();
            frameSinceNanos = sinceNanos;
            on(frame);
        }
        if (phase == Phase.OPEN && isFull()) {
            channel.config().setAutoRead(false);
        }
    }

    private void on(byte[] frame) throws ProtocolException {
        if (phase == Phase.GREETING && !ClientCodec.isGreeting(frame)) {
            throw new ProtocolException(ProtocolError.NOT_PARLEY, "this port is for Parley's clients");
        }
        ClientFrame decoded;
        try {
            decoded = server.codec().decode(frame);
        } catch (MalformedException e) {
            throw new ProtocolException(ProtocolError.MALFORMED, String.valueOf(e.getMessage()));
        }
        if (phase == Phase.GREETING) {
            if (!(decoded instanceof ClientFrame.Hello hello)) {
                throw new ProtocolException(ProtocolError.NOT_PARLEY, "this port is for Parley's clients");
            }
            greet(hello);
            return;
        }
        switch (decoded) {
            case ClientFrame.Append append -> append(append, frame.length);
            case ClientFrame.Read read -> read(read);
            default ->
                throw new ProtocolException(
                        ProtocolError.MALFORMED,
                        "a client does not send a " + decoded.getClass().getSimpleName());
        }
    }

    private void greet(ClientFrame.Hello hello) throws ProtocolException {
        if (hello.version() != ClientFrame.VERSION) {
            throw new ProtocolException(
                    ProtocolError.WRONG_VERSION,
                    "this validator speaks version " + ClientFrame.VERSION + " of the client protocol, the client "
                            + hello.version() + "; use the same release of Parley on both sides");
        }
        if (!hello.chainId().equals(server.chainId())) {
            throw new ProtocolException(
                    ProtocolError.WRONG_CHAIN,
                    "this validator serves chain '" + server.chainId() + "', the client asks for '"
                            + PrintableText.of(hello.chainId())
                            + "'; check parley.chain-id and the address");
        }
        phase = Phase.OPEN;
        frames.setMaxBytes(server.settings().maxFrameBytes());
        write(new ClientFrame.Welcome(
                ClientFrame.VERSION,
                server.chainId(),
                server.settings().maxCommandBytes(),
                server.log().height()));
    }

    private void append(ClientFrame.Append append, int bytes) {
        outstanding++;
        outstandingBytes += bytes;
        CompletionStage<CommandReceipt> appended;
        try {
            appended = server.log().append(append.command());
        } catch (RuntimeException e) {
            answer(new Reply(failure(append.request(), e), bytes, false));
            return;
        }
        var unused = appended.whenComplete((receipt, failure) -> answer(new Reply(
                failure == null
                        ? new ClientFrame.Receipt(append.request(), receipt)
                        : failure(append.request(), failure),
                bytes,
                false)));
    }

    /** One page: what is there, as far as it fits; if nothing is, the first entry that comes within a while. */
    private void read(ClientFrame.Read read) {
        reads++;
        if (reads > MAX_READS) {
            answer(new Reply(new ClientFrame.Busy(read.request(), BUSY_MILLIS), 0, true));
            return;
        }
        long from = read.fromHeight();
        CompletionStage<List<DecidedBlock>> page;
        try {
            long there = server.log().height() - from + 1;
            // Every stage lives as long as this request alone, so the predicate may count.
            PageBytes room = new PageBytes(server.settings().pageBytes());
            page = server.log()
                    .read(from)
                    .via(reading.flow())
                    .take(Math.clamp(there, 1, ClientFrame.MAX_ENTRIES))
                    .map(LogEntry::decided)
                    .takeWhile(block -> room.takes(block.payload().sizeBytes()))
                    .takeWithin(server.settings().readWait())
                    .runWith(Sink.seq(), server.system());
        } catch (RuntimeException e) {
            answer(new Reply(failure(read.request(), e), 0, true));
            return;
        }
        var unused = page.whenComplete((blocks, failure) -> answer(new Reply(
                failure == null ? new ClientFrame.Entries(read.request(), blocks) : failure(read.request(), failure),
                0,
                true)));
    }

    /** How much of a page is left. */
    private static final class PageBytes {
        private final int max;
        private long taken;

        private PageBytes(int max) {
            this.max = max;
        }

        /** The first one always fits: else nobody would ever read it. */
        private boolean takes(int bytes) {
            boolean first = taken == 0;
            taken += Math.max(1, bytes);
            return first || taken <= max;
        }
    }

    private static ClientFrame.Answer failure(long request, Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        String why = String.valueOf(cause.getMessage());
        return switch (cause) {
            case BusyException busy ->
                new ClientFrame.Busy(request, Math.max(0, busy.retryAfter().toMillis()));
            case RefusedException refused -> new ClientFrame.Refused(request, why);
            // What a log says to a height that it has pruned.
            case IllegalArgumentException pruned -> new ClientFrame.Refused(request, why);
            default -> new ClientFrame.Unknown(request, why);
        };
    }

    private void answer(Reply reply) {
        replies.add(reply);
        if (woken.compareAndSet(false, true)) {
            onLoop(() -> {
                woken.set(false);
                reply();
            });
        }
    }

    /** Writes the answers that are there, while the client reads. */
    private void reply() {
        if (phase != Phase.OPEN) {
            replies.clear();
            return;
        }
        while (channel.isWritable() && !replies.isEmpty()) {
            List<byte[]> encoded = new ArrayList<>();
            int bytes = 0;
            Reply next;
            while (bytes < WRITE_BATCH_BYTES && (next = replies.poll()) != null) {
                byte[] frame = encode(next);
                bytes += 4 + frame.length;
                encoded.add(frame);
                if (next.page()) {
                    reads--;
                } else {
                    outstanding--;
                    outstandingBytes -= next.requestBytes();
                }
            }
            ByteBuf out = channel.alloc().ioBuffer(bytes);
            encoded.forEach(frame -> out.writeInt(frame.length).writeBytes(frame));
            var unused = channel.writeAndFlush(out);
        }
        if (!channel.config().isAutoRead() && !isFull()) {
            // The rest of a frame could not come while nothing was read.
            frameSinceNanos = System.nanoTime();
            channel.config().setAutoRead(true);
        }
    }

    private byte[] encode(Reply reply) {
        byte[] frame = server.codec().encode(reply.answer());
        if (frame.length <= ClientCodec.MAX_ANSWER_BYTES) {
            return frame;
        }
        if (reply.answer() instanceof ClientFrame.Entries(long request, List<DecidedBlock> blocks)
                && blocks.size() > 1) {
            return encode(new Reply(
                    new ClientFrame.Entries(request, blocks.subList(0, 1)), reply.requestBytes(), reply.page()));
        }
        return server.codec()
                .encode(new ClientFrame.Unknown(
                        reply.answer().request(), "the answer of " + frame.length + " bytes is too large to be sent"));
    }

    private boolean isFull() {
        return outstanding >= server.settings().maxOutstanding()
                || outstandingBytes >= server.settings().maxOutstandingBytes()
                || reads > 2 * MAX_READS
                || !channel.isWritable();
    }

    private void write(ClientFrame frame) {
        byte[] encoded = server.codec().encode(frame);
        ByteBuf out = channel.alloc().ioBuffer(4 + encoded.length);
        var unused = channel.writeAndFlush(out.writeInt(encoded.length).writeBytes(encoded));
    }

    /** Now and then: has one of the time-outs passed? */
    private void check() {
        ClientServerSettings settings = server.settings();
        long now = System.nanoTime();
        if (phase == Phase.ENDING) {
            return;
        }
        if (!channel.isWritable()) {
            if (now - unwritableSinceNanos >= settings.stallTimeout().toNanos()) {
                server.count(ProtocolError.NOT_READING, from(), "its answers stay unread");
                close();
            }
        } else if (phase == Phase.GREETING) {
            if (now - sinceNanos >= settings.helloTimeout().toNanos()) {
                end(ProtocolError.TOO_SLOW, "no greeting came within " + settings.helloTimeout());
            }
        } else if (frames.isInsideFrame() && channel.config().isAutoRead()) {
            if (now - frameSinceNanos >= settings.frameTimeout().toNanos()) {
                end(ProtocolError.TOO_SLOW, "the rest of a frame did not come within " + settings.frameTimeout());
            }
        } else if (outstanding == 0
                && reads == 0
                && now - sinceNanos >= settings.idleTimeout().toNanos()) {
            end(ProtocolError.IDLE, "nothing was asked for " + settings.idleTimeout());
        }
    }

    /** Says why, and closes once the client has read it or had time to. What it sends meanwhile is thrown away. */
    private void end(ProtocolError error, String why) {
        if (phase == Phase.ENDING) {
            return;
        }
        phase = Phase.ENDING;
        server.count(error, from(), why);
        reading.shutdown();
        frames.release();
        if (!server.mayLinger()) {
            close();
            return;
        }
        channel.closeFuture().addListener(closed -> server.lingered());
        // If it were closed with something unread, the client might see a reset and not the reason.
        channel.config().setAutoRead(true);
        byte[] last = server.codec().encode(new ClientFrame.Failure(error, why));
        if (channel.pipeline().get(TlsGate.class) == null) {
            say(last);
        } else {
            // In plain, it would be no answer to who is about to begin TLS.
            lastWords = last;
        }
        var later = channel.eventLoop().schedule(this::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> later.cancel(false));
    }

    private void say(byte[] last) {
        var unused = channel.writeAndFlush(
                        Unpooled.buffer(4 + last.length).writeInt(last.length).writeBytes(last))
                .addListener(written -> {
                    var unusedToo = channel.shutdownOutput();
                });
    }

    private void close() {
        var unused = channel.close();
    }

    private void onLoop(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            // The server is closed, and with it this connection.
        }
    }

    private InetAddress address() {
        InetSocketAddress remote = remoteAddress;
        return remote == null ? InetAddress.getLoopbackAddress() : remote.getAddress();
    }

    private String from() {
        return String.valueOf(remoteAddress);
    }
}
