package dev.parley.sample.store;

import dev.parley.sample.store.Value.ListValue;
import java.util.ArrayList;
import java.util.List;

/** Commands on lists. A list that becomes empty is no key any more. */
final class ListCommands {
    /** Which end of a list. */
    enum End {
        LEFT,
        RIGHT
    }

    private static final Reply.Failure NOT_POSITIVE = new Reply.Failure("ERR value is out of range, must be positive");

    private final Keyspace keyspace;

    ListCommands(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    Reply push(Request request, End end) {
        ListValue list = keyspace.find(request.argument(1), ListValue.class);
        if (list == null) {
            list = new ListValue();
            keyspace.put(request.argument(1), list);
        }
        for (int i = 2; i < request.size(); i++) {
            if (end == End.LEFT) {
                list.elements.addFirst(request.argument(i));
            } else {
                list.elements.addLast(request.argument(i));
            }
        }
        return Reply.of(list.elements.size());
    }

    Reply pop(Request request, End end, Verb verb) {
        if (request.size() > 3) {
            throw verb.wrongNumberOfArguments();
        }
        boolean counted = request.size() == 3;
        long count = counted ? Integers.parse(request.argument(2), NOT_POSITIVE) : 1;
        if (count < 0) {
            throw new RefusedException(NOT_POSITIVE);
        }
        ListValue list = keyspace.find(request.argument(1), ListValue.class);
        if (list == null) {
            return counted ? Reply.Nil.ARRAY : Reply.Nil.BULK;
        }
        Ring elements = list.elements;
        int popped = (int) Math.min(count, elements.size());
        List<Reply> replies = new ArrayList<>(popped);
        long size = 0;
        for (int i = 0; i < popped; i++) {
            Reply reply = new Reply.Bulk(elements.get(end == End.LEFT ? i : elements.size() - 1 - i));
            size += reply.sizeBytes();
            replies.add(reply);
        }
        // What cannot be answered must not be removed.
        if (size > Replies.MAX_BYTES - 64) {
            throw new RefusedException(Reply.Failure.TOO_LARGE);
        }
        for (int i = 0; i < popped; i++) {
            if (end == End.LEFT) {
                elements.removeFirst();
            } else {
                elements.removeLast();
            }
        }
        if (elements.size() == 0) {
            keyspace.remove(request.argument(1));
        }
        return counted ? new Reply.Array(replies) : replies.getFirst();
    }

    /** Both ends are included; negative indices count from the end. */
    Reply range(Request request) {
        long first = Integers.parse(request.argument(2));
        long last = Integers.parse(request.argument(3));
        ListValue list = keyspace.find(request.argument(1), ListValue.class);
        if (list == null) {
            return new Reply.Array(List.of());
        }
        int size = list.elements.size();
        int from = (int) Math.min(size, Math.max(0, first < 0 ? first + size : first));
        int to = (int) Math.min(size - 1, last < 0 ? Math.max(-1, last + size) : last);
        List<Reply> replies = new ArrayList<>(Math.max(0, to - from + 1));
        for (int i = from; i <= to; i++) {
            replies.add(new Reply.Bulk(list.elements.get(i)));
        }
        return new Reply.Array(replies);
    }

    Reply length(Request request) {
        ListValue list = keyspace.find(request.argument(1), ListValue.class);
        return Reply.of(list == null ? 0 : list.elements.size());
    }
}
