package dev.parley.sample.store;

import dev.parley.app.Application;
import dev.parley.app.Context;
import dev.parley.app.StateMachine;
import dev.parley.sample.store.ListCommands.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The commands of Redis on a replicated state. One command of the log is a {@link Batch}; a request that is refused changes nothing
 * and leaves the others of its batch alone. Failures have the words of redis-server 7.
 *
 * <p>Time is the block's: keys expire between blocks and never within one. Strings are bounded by {@link Batch#MAX_BYTES} and
 * replies by {@link Replies#MAX_BYTES}; the number of keys is bounded by memory alone.
 */
public final class RedisStore implements StateMachine<Batch, Replies, Snapshot> {
    private Keyspace keyspace = new Keyspace();
    private StringCommands strings = new StringCommands(keyspace);
    private KeyCommands keys = new KeyCommands(keyspace);
    private ListCommands lists = new ListCommands(keyspace);
    private SetCommands sets = new SetCommands(keyspace);
    private HashCommands hashes = new HashCommands(keyspace);

    /** The store with its binary forms. */
    public static Application<Batch, Replies, Snapshot> application() {
        return new Application<>(RedisStore::new, new BatchCodec(), new RepliesCodec(), new SnapshotCodec());
    }

    /** Whether the store executes commands of this name, in any mixture of capitals and small letters. */
    public static boolean knows(ByteString name) {
        return Verb.find(name) != null;
    }

    /** How many commands the store executes. */
    public static int commandCount() {
        return Verb.values().length;
    }

    /** What the store would answer whatever its state, so that such a request need not be replicated; or null. */
    public static Reply.@Nullable Failure refusal(Request request) {
        Verb verb = Verb.find(request.name());
        if (verb == null) {
            return unknownCommand(request);
        }
        return verb.accepts(request) ? null : verb.wrongNumberOfArguments().failure();
    }

    /** In the words of redis-server. */
    public static Reply.Failure unknownCommand(Request request) {
        return ErrorTexts.unknownCommand(request);
    }

    @Override
    public Replies apply(Batch batch, Context context) {
        keyspace.enter(context.height(), context.blockTimeMillis());
        List<Reply> replies = new ArrayList<>(batch.requests().size());
        long size = 0;
        for (Request request : batch.requests()) {
            if (size > Replies.MAX_BYTES) {
                break;
            }
            Reply reply = answer(request);
            size += reply.sizeBytes();
            replies.add(reply);
        }
        return new Replies(replies);
    }

    @Override
    public Snapshot snapshot() {
        return new Snapshot(keyspace.copy());
    }

    @Override
    public void restore(Snapshot snapshot) {
        keyspace = snapshot.keyspace().copy();
        strings = new StringCommands(keyspace);
        keys = new KeyCommands(keyspace);
        lists = new ListCommands(keyspace);
        sets = new SetCommands(keyspace);
        hashes = new HashCommands(keyspace);
    }

    @Override
    public Optional<String> check(Batch batch) {
        return batch.requests().isEmpty() ? Optional.of("a batch without requests") : Optional.empty();
    }

    private Reply answer(Request request) {
        Verb verb = Verb.find(request.name());
        if (verb == null) {
            return unknownCommand(request);
        }
        try {
            if (!verb.accepts(request)) {
                throw verb.wrongNumberOfArguments();
            }
            Reply reply = execute(verb, request);
            // Only what reads can answer with more than a request can hold: it has changed nothing.
            return reply instanceof Reply.Array array && array.sizeBytes() > Replies.MAX_BYTES
                    ? Reply.Failure.TOO_LARGE
                    : reply;
        } catch (RefusedException refused) {
            return refused.failure();
        }
    }

    private Reply execute(Verb verb, Request request) {
        return switch (verb) {
            case GET -> strings.get(request);
            case SET -> strings.set(request);
            case SETNX -> strings.setIfAbsent(request);
            case SETEX -> strings.setWithExpiry(request, 1000, verb);
            case PSETEX -> strings.setWithExpiry(request, 1, verb);
            case GETSET -> strings.getAndSet(request);
            case GETDEL -> strings.getAndDelete(request);
            case MGET -> strings.multipleGet(request);
            case MSET -> strings.multipleSet(request);
            case INCR -> strings.incrementBy(request, 1);
            case DECR -> strings.incrementBy(request, -1);
            case INCRBY -> strings.incrementBy(request, Integers.parse(request.argument(2)));
            case DECRBY -> strings.decrementBy(request);
            case APPEND -> strings.append(request);
            case STRLEN -> strings.length(request);
            case DEL -> keys.delete(request);
            case EXISTS -> keys.exists(request);
            case EXPIRE -> keys.expire(request, 1000, verb);
            case PEXPIRE -> keys.expire(request, 1, verb);
            case TTL -> keys.timeToLive(request, 1000);
            case PTTL -> keys.timeToLive(request, 1);
            case PERSIST -> keys.persist(request);
            case KEYS -> keys.keys(request);
            case SCAN -> keys.scan(request);
            case TYPE -> keys.type(request);
            case DBSIZE -> keys.databaseSize();
            case FLUSHALL, FLUSHDB -> keys.flush(request);
            case LPUSH -> lists.push(request, End.LEFT);
            case RPUSH -> lists.push(request, End.RIGHT);
            case LPOP -> lists.pop(request, End.LEFT, verb);
            case RPOP -> lists.pop(request, End.RIGHT, verb);
            case LRANGE -> lists.range(request);
            case LLEN -> lists.length(request);
            case SADD -> sets.add(request);
            case SREM -> sets.remove(request);
            case SMEMBERS -> sets.members(request);
            case SISMEMBER -> sets.isMember(request);
            case SCARD -> sets.size(request);
            case HSET -> hashes.set(request);
            case HGET -> hashes.get(request);
            case HDEL -> hashes.delete(request);
            case HGETALL -> hashes.all(request);
            case HLEN -> hashes.size(request);
            case HMGET -> hashes.multipleGet(request);
            case HEXISTS -> hashes.exists(request);
        };
    }
}
