package dev.parley.sample.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The commands of the store, with their arity as Redis counts it: the name included, negative where more may follow. */
enum Verb {
    GET(2),
    SET(-3),
    SETNX(3),
    SETEX(4),
    PSETEX(4),
    GETSET(3),
    GETDEL(2),
    MGET(-2),
    MSET(-3),
    INCR(2),
    DECR(2),
    INCRBY(3),
    DECRBY(3),
    APPEND(3),
    STRLEN(2),
    DEL(-2),
    EXISTS(-2),
    EXPIRE(-3),
    PEXPIRE(-3),
    TTL(2),
    PTTL(2),
    PERSIST(2),
    KEYS(2),
    SCAN(-2),
    TYPE(2),
    DBSIZE(1),
    FLUSHALL(-1),
    FLUSHDB(-1),
    LPUSH(-3),
    RPUSH(-3),
    LPOP(-2),
    RPOP(-2),
    LRANGE(4),
    LLEN(2),
    SADD(-3),
    SREM(-3),
    SMEMBERS(2),
    SISMEMBER(3),
    SCARD(2),
    HSET(-4),
    HGET(3),
    HDEL(-3),
    HGETALL(2),
    HLEN(2),
    HMGET(-3),
    HEXISTS(3);

    private static final int BUCKETS = 256;
    private static final List<List<Verb>> BY_SHAPE = byShape();

    private final int arity;

    Verb(int arity) {
        this.arity = arity;
    }

    /** In any mixture of capitals and small letters; makes no garbage. */
    static @Nullable Verb find(ByteString name) {
        int size = name.size();
        if (size == 0) {
            return null;
        }
        List<Verb> candidates =
                BY_SHAPE.get(shape(size, ByteString.upperCase(name.at(0)), ByteString.upperCase(name.at(size - 1))));
        for (int i = 0; i < candidates.size(); i++) {
            if (name.equalsIgnoringCase(candidates.get(i).name())) {
                return candidates.get(i);
            }
        }
        return null;
    }

    /** Whether the command takes that many arguments. */
    boolean accepts(Request request) {
        return arity > 0 ? request.size() == arity : request.size() >= -arity;
    }

    RefusedException wrongNumberOfArguments() {
        return new RefusedException("ERR wrong number of arguments for '" + lowerCase() + "' command");
    }

    /** As error texts have it. */
    String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static List<List<Verb>> byShape() {
        List<List<Verb>> buckets = new ArrayList<>(BUCKETS);
        for (int i = 0; i < BUCKETS; i++) {
            buckets.add(new ArrayList<>(0));
        }
        for (Verb verb : values()) {
            String name = verb.name();
            buckets.get(shape(name.length(), name.charAt(0), name.charAt(name.length() - 1)))
                    .add(verb);
        }
        buckets.replaceAll(List::copyOf);
        return List.copyOf(buckets);
    }

    private static int shape(int length, int first, int last) {
        return (length * 31 * 31 + first * 31 + last) & (BUCKETS - 1);
    }
}
