package dev.parley.sample.store;

import dev.parley.sample.store.Value.HashValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands on hashes. A hash that becomes empty is no key any more. */
final class HashCommands {
    private final Keyspace keyspace;

    HashCommands(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    Reply set(Request request) {
        if (request.size() % 2 != 0) {
            throw Verb.HSET.wrongNumberOfArguments();
        }
        HashValue hash = find(request);
        if (hash == null) {
            hash = new HashValue();
            keyspace.put(request.argument(1), hash);
        }
        long added = 0;
        for (int i = 2; i < request.size(); i += 2) {
            added += hash.fields.put(request.argument(i), request.argument(i + 1)) == null ? 1 : 0;
        }
        return Reply.of(added);
    }

    Reply get(Request request) {
        return field(find(request), request.argument(2));
    }

    Reply multipleGet(Request request) {
        HashValue hash = find(request);
        List<Reply> replies = new ArrayList<>(request.size() - 2);
        for (int i = 2; i < request.size(); i++) {
            replies.add(field(hash, request.argument(i)));
        }
        return new Reply.Array(replies);
    }

    Reply delete(Request request) {
        HashValue hash = find(request);
        if (hash == null) {
            return Reply.Int.ZERO;
        }
        long removed = 0;
        for (int i = 2; i < request.size(); i++) {
            removed += hash.fields.remove(request.argument(i)) == null ? 0 : 1;
        }
        if (hash.fields.isEmpty()) {
            keyspace.remove(request.argument(1));
        }
        return Reply.of(removed);
    }

    /** Fields and values in turn, in the order of insertion. */
    Reply all(Request request) {
        HashValue hash = find(request);
        if (hash == null) {
            return new Reply.Array(List.of());
        }
        List<Reply> replies = new ArrayList<>(2 * hash.fields.size());
        hash.fields.forEach((field, value) -> {
            replies.add(new Reply.Bulk(field));
            replies.add(new Reply.Bulk(value));
        });
        return new Reply.Array(replies);
    }

    Reply size(Request request) {
        HashValue hash = find(request);
        return Reply.of(hash == null ? 0 : hash.fields.size());
    }

    Reply exists(Request request) {
        HashValue hash = find(request);
        return Reply.of(hash != null && hash.fields.containsKey(request.argument(2)));
    }

    private @Nullable HashValue find(Request request) {
        return keyspace.find(request.argument(1), HashValue.class);
    }

    private static Reply field(@Nullable HashValue hash, ByteString field) {
        ByteString value = hash == null ? null : hash.fields.get(field);
        return value == null ? Reply.Nil.BULK : new Reply.Bulk(value);
    }
}
