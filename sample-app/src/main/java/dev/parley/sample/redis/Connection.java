package dev.parley.sample.redis;

import dev.parley.app.CommandFailedException;
import dev.parley.client.BusyException;
import dev.parley.client.UnknownOutcomeException;
import dev.parley.sample.store.Batch;
import dev.parley.sample.store.RedisStore;
import dev.parley.sample.store.Replies;
import dev.parley.sample.store.Reply;
import dev.parley.sample.store.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One client. Requests wait in their order; one batch is under way at a time, and what gathers meanwhile is the next, so that replies
 * come in the order of requests. The socket is not read while too much waits, and nothing is executed for a client that does not read
 * its replies. Runs on its event loop alone.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    /** Asks a connection to answer what it has read and to close. */
    enum Drain {
        REQUESTED
    }

    /** A batch is sent once it has so many requests or bytes, so that one connection's do not fill a block alone. */
    private static final int BATCH_REQUESTS = 1024;

    private static final int BATCH_BYTES = 256 << 10;
    private static final long MIN_RETRY_MILLIS = 1;
    private static final long MAX_RETRY_MILLIS = 1000;

    /** In the order of the client's requests: what the store is to answer, and what is answered already. */
    private sealed interface Pending {
        record Asked(Request request, long sizeBytes) implements Pending {}

        record Answered(Reply reply) implements Pending {}
    }

    private final RedisServerSettings settings;
    private final ClientState client;
    private final Function<? super Batch, ? extends CompletionStage<Replies>> store;
    private final ServerCommands commands;
    private final ChannelGroup connections;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    /** What the batch under way will answer; empty if there is none. */
    private List<Pending> underWay = List.of();

    private long waitingBytes;
    private boolean ending;

    Connection(
            RedisServerSettings settings,
            long id,
            Function<? super Batch, ? extends CompletionStage<Replies>> store,
            ServerCommands commands,
            ChannelGroup connections) {
        this.settings = settings;
        this.client = new ClientState(id);
        this.store = store;
        this.commands = commands;
        this.connections = connections;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (connections.size() >= settings.maxConnections()) {
            ending = true;
            context.writeAndFlush(
                            Unpooled.copiedBuffer("-ERR max number of clients reached\r\n", StandardCharsets.US_ASCII))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        connections.add(context.channel());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ending = true;
        waiting.clear();
        waitingBytes = 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (ending) {
            return;
        }
        switch (message) {
            case Request request -> receive(context, request);
            case ProtocolException garbage ->
                end(context, new Reply.Failure("ERR Protocol error: " + garbage.getMessage()));
            default -> throw new IllegalStateException("not a request: " + message.getClass());
        }
    }

    /** All that one read of the socket brought goes into one batch. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        advance(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        advance(context);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Drain.REQUESTED) {
            ending = true;
            advance(context);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    /** A connection that breaks is an ordinary end; anything else is a defect, which the end of the pipeline logs. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            context.fireExceptionCaught(cause);
        }
        var unused = context.close();
    }

    private void receive(ChannelHandlerContext context, Request request) {
        if (RedisStore.knows(request.name())) {
            Reply.@Nullable Failure refusal = RedisStore.refusal(request);
            if (refusal == null) {
                long size = request.sizeBytes();
                waiting.add(new Pending.Asked(request, size));
                waitingBytes += size;
            } else {
                waiting.add(new Pending.Answered(refusal));
            }
        } else {
            ServerCommands.Answer answer = commands.answer(request, client);
            if (answer.last()) {
                end(context, answer.reply());
            } else {
                waiting.add(new Pending.Answered(answer.reply()));
            }
        }
        if (isFull()) {
            context.channel().config().setAutoRead(false);
        }
    }

    /** Nothing more is read; the reply goes out behind those that are owed, and the connection closes. */
    private void end(ChannelHandlerContext context, Reply last) {
        waiting.add(new Pending.Answered(last));
        ending = true;
        context.channel().config().setAutoRead(false);
    }

    private boolean isFull() {
        return waiting.size() >= settings.maxQueuedRequests() || waitingBytes >= settings.maxQueuedBytes();
    }

    /** Sends the next batch, if there is one and the client reads. */
    private void advance(ChannelHandlerContext context) {
        if (!underWay.isEmpty() || !context.channel().isActive()) {
            return;
        }
        if (!context.channel().isWritable()) {
            // Without a flush it would never become writable again.
            context.flush();
            return;
        }
        List<Pending> next = new ArrayList<>(Math.min(waiting.size(), BATCH_REQUESTS));
        List<Request> requests = new ArrayList<>(Math.min(waiting.size(), BATCH_REQUESTS));
        take(next, requests);
        if (!ending && !context.channel().config().isAutoRead() && !isFull()) {
            context.channel().config().setAutoRead(true);
        }
        if (requests.isEmpty()) {
            write(context, next);
            if (!waiting.isEmpty()) {
                context.executor().execute(() -> advance(context));
            } else if (ending) {
                context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        } else {
            underWay = next;
            submit(context, new Batch(requests), 0);
        }
    }

    /** Takes from the front what makes one batch, with the answers that stand between. */
    private void take(List<Pending> next, List<Request> requests) {
        long bytes = 0;
        while (next.size() < BATCH_REQUESTS && !waiting.isEmpty()) {
            if (waiting.getFirst() instanceof Pending.Asked asked) {
                if (bytes > 0 && bytes + asked.sizeBytes() > BATCH_BYTES) {
                    return;
                }
                bytes += asked.sizeBytes();
                waitingBytes -= asked.sizeBytes();
                requests.add(asked.request());
            }
            next.add(waiting.removeFirst());
        }
    }

    private void submit(ChannelHandlerContext context, Batch batch, long waitedMillis) {
        CompletionStage<Replies> stage;
        try {
            stage = store.apply(batch);
        } catch (RuntimeException e) {
            fail(context, batch, waitedMillis, e);
            return;
        }
        var unused = stage.whenComplete((replies, failure) -> context.executor().execute(() -> {
            if (failure == null) {
                complete(context, replies.replies());
            } else {
                fail(context, batch, waitedMillis, failure);
            }
        }));
    }

    private void complete(ChannelHandlerContext context, List<Reply> replies) {
        if (replies.isEmpty()) {
            refuse(context, "ERR the store answered nothing");
            return;
        }
        List<Pending> answered = new ArrayList<>(underWay.size());
        Iterator<Reply> next = replies.iterator();
        int done = 0;
        for (Pending pending : underWay) {
            if (pending instanceof Pending.Asked) {
                if (!next.hasNext()) {
                    break;
                }
                answered.add(new Pending.Answered(next.next()));
            } else {
                answered.add(pending);
            }
            done++;
        }
        // A batch is cut short once its replies are large; the rest is asked again, before all that waits.
        for (Pending left : underWay.subList(done, underWay.size()).reversed()) {
            waiting.addFirst(left);
            waitingBytes += left instanceof Pending.Asked asked ? asked.sizeBytes() : 0;
        }
        underWay = List.of();
        write(context, answered);
        advance(context);
    }

    private void fail(ChannelHandlerContext context, Batch batch, long waitedMillis, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        switch (cause) {
            case BusyException busy -> {
                long millis = Math.clamp(busy.retryAfter().toMillis(), MIN_RETRY_MILLIS, MAX_RETRY_MILLIS);
                if (waitedMillis + millis > settings.busyPatience().toMillis()) {
                    refuse(context, "BUSY the validators' pools are full; try again after " + millis + " ms");
                } else {
                    context.channel().config().setAutoRead(false);
                    var unused = context.executor()
                            .schedule(
                                    () -> retry(context, batch, waitedMillis + millis), millis, TimeUnit.MILLISECONDS);
                }
            }
            case UnknownOutcomeException unknown ->
                refuse(
                        context,
                        "ERR outcome unknown: no answer came in time; the command may have been executed or may still be");
            case CommandFailedException refused -> refuse(context, "ERR " + refused.getMessage());
            case IllegalArgumentException refused -> refuse(context, "ERR " + refused.getMessage());
            default ->
                refuse(context, "ERR the store failed with " + cause.getClass().getSimpleName());
        }
    }

    private void retry(ChannelHandlerContext context, Batch batch, long waitedMillis) {
        if (context.channel().isActive()) {
            submit(context, batch, waitedMillis);
        }
    }

    /** One answer to every request of the batch under way. */
    private void refuse(ChannelHandlerContext context, String text) {
        Reply failure = new Reply.Failure(text);
        List<Pending> answered = new ArrayList<>(underWay.size());
        for (Pending pending : underWay) {
            answered.add(pending instanceof Pending.Asked ? new Pending.Answered(failure) : pending);
        }
        underWay = List.of();
        write(context, answered);
        advance(context);
    }

    private static void write(ChannelHandlerContext context, List<Pending> answered) {
        if (answered.isEmpty() || !context.channel().isActive()) {
            return;
        }
        ByteBuf out = context.alloc().buffer(Math.max(256, answered.size() * 16));
        for (Pending pending : answered) {
            if (pending instanceof Pending.Answered answer) {
                ReplyWriter.write(answer.reply(), out);
            }
        }
        var unused = context.writeAndFlush(out, context.voidPromise());
    }
}
