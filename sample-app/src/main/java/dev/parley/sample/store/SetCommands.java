package dev.parley.sample.store;

import dev.parley.sample.store.Value.SetValue;
import java.util.ArrayList;
import java.util.List;

/** Commands on sets. A set that becomes empty is no key any more. */
final class SetCommands {
    private final Keyspace keyspace;

    SetCommands(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    Reply add(Request request) {
        SetValue set = keyspace.find(request.argument(1), SetValue.class);
        if (set == null) {
            set = new SetValue();
            keyspace.put(request.argument(1), set);
        }
        long added = 0;
        for (int i = 2; i < request.size(); i++) {
            added += set.members.add(request.argument(i)) ? 1 : 0;
        }
        return Reply.of(added);
    }

    Reply remove(Request request) {
        SetValue set = keyspace.find(request.argument(1), SetValue.class);
        if (set == null) {
            return Reply.Int.ZERO;
        }
        long removed = 0;
        for (int i = 2; i < request.size(); i++) {
            removed += set.members.remove(request.argument(i)) ? 1 : 0;
        }
        if (set.members.isEmpty()) {
            keyspace.remove(request.argument(1));
        }
        return Reply.of(removed);
    }

    /** In the order of insertion. */
    Reply members(Request request) {
        SetValue set = keyspace.find(request.argument(1), SetValue.class);
        if (set == null) {
            return new Reply.Array(List.of());
        }
        List<Reply> replies = new ArrayList<>(set.members.size());
        set.members.forEach(member -> replies.add(new Reply.Bulk(member)));
        return new Reply.Array(replies);
    }

    Reply isMember(Request request) {
        SetValue set = keyspace.find(request.argument(1), SetValue.class);
        return Reply.of(set != null && set.members.contains(request.argument(2)));
    }

    Reply size(Request request) {
        SetValue set = keyspace.find(request.argument(1), SetValue.class);
        return Reply.of(set == null ? 0 : set.members.size());
    }
}
