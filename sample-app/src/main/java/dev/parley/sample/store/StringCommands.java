package dev.parley.sample.store;

import dev.parley.sample.store.Value.StringValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands on strings and on numbers kept as strings. */
final class StringCommands {
    private final Keyspace keyspace;

    StringCommands(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    Reply get(Request request) {
        return reply(keyspace.find(request.argument(1), StringValue.class));
    }

    Reply set(Request request) {
        SetOptions options = request.size() == 3 ? SetOptions.NONE : SetOptions.parse(request, keyspace.nowMillis());
        ByteString key = request.argument(1);
        Reply before = options.get() ? get(request) : Reply.Simple.OK;
        boolean conditional = options.ifAbsent() || options.ifPresent();
        if (conditional && (keyspace.find(key) != null) != options.ifPresent()) {
            return options.get() ? before : Reply.Nil.BULK;
        }
        Entry entry = keyspace.put(key, new StringValue(request.argument(2)));
        if (!options.keepTimeToLive()) {
            keyspace.expire(entry, options.expiresAtMillis());
        }
        return before;
    }

    Reply setIfAbsent(Request request) {
        if (keyspace.find(request.argument(1)) != null) {
            return Reply.Int.ZERO;
        }
        keyspace.replace(request.argument(1), new StringValue(request.argument(2)));
        return Reply.Int.ONE;
    }

    /** @param unitMillis 1 or 1000 */
    Reply setWithExpiry(Request request, long unitMillis, Verb verb) {
        long deadline = Expiry.ofSet(request.argument(2), unitMillis, keyspace.nowMillis(), verb);
        Entry entry = keyspace.put(request.argument(1), new StringValue(request.argument(3)));
        keyspace.expire(entry, deadline);
        return Reply.Simple.OK;
    }

    Reply getAndSet(Request request) {
        Reply before = get(request);
        keyspace.replace(request.argument(1), new StringValue(request.argument(2)));
        return before;
    }

    Reply getAndDelete(Request request) {
        Reply before = get(request);
        keyspace.remove(request.argument(1));
        return before;
    }

    /** A key of another type reads as nothing here, as in Redis. */
    Reply multipleGet(Request request) {
        List<Reply> values = new ArrayList<>(request.size() - 1);
        for (int i = 1; i < request.size(); i++) {
            Entry entry = keyspace.find(request.argument(i));
            values.add(entry != null && entry.value instanceof StringValue value ? reply(value) : Reply.Nil.BULK);
        }
        return new Reply.Array(values);
    }

    Reply multipleSet(Request request) {
        if (request.size() % 2 == 0) {
            throw Verb.MSET.wrongNumberOfArguments();
        }
        for (int i = 1; i < request.size(); i += 2) {
            keyspace.replace(request.argument(i), new StringValue(request.argument(i + 1)));
        }
        return Reply.Simple.OK;
    }

    Reply incrementBy(Request request, long increment) {
        StringValue value = keyspace.find(request.argument(1), StringValue.class);
        long before = value == null ? 0 : Integers.parse(value.bytes());
        long sum = before + increment;
        if (((before ^ sum) & (increment ^ sum)) < 0) {
            throw new RefusedException("ERR increment or decrement would overflow");
        }
        keyspace.put(request.argument(1), new StringValue(ByteString.of(sum)));
        return Reply.of(sum);
    }

    Reply decrementBy(Request request) {
        long decrement = Integers.parse(request.argument(2));
        if (decrement == Long.MIN_VALUE) {
            throw new RefusedException("ERR decrement would overflow");
        }
        return incrementBy(request, -decrement);
    }

    Reply append(Request request) {
        StringValue value = keyspace.find(request.argument(1), StringValue.class);
        ByteString more = request.argument(2);
        if (value != null && (long) value.bytes().size() + more.size() > StringValue.MAX_BYTES) {
            throw new RefusedException("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
        ByteString joined = value == null ? more : value.bytes().concat(more);
        keyspace.put(request.argument(1), new StringValue(joined));
        return Reply.of(joined.size());
    }

    Reply length(Request request) {
        StringValue value = keyspace.find(request.argument(1), StringValue.class);
        return Reply.of(value == null ? 0 : value.bytes().size());
    }

    private static Reply reply(@Nullable StringValue value) {
        return value == null ? Reply.Nil.BULK : new Reply.Bulk(value.bytes());
    }
}
