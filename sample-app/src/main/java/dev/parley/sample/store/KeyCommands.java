package dev.parley.sample.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commands on keys, whatever they hold. */
final class KeyCommands {
    private static final Reply.Failure INVALID_CURSOR = new Reply.Failure("ERR invalid cursor");
    private static final int DEFAULT_SCAN_COUNT = 10;

    private final Keyspace keyspace;

    KeyCommands(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    Reply delete(Request request) {
        long removed = 0;
        for (int i = 1; i < request.size(); i++) {
            removed += keyspace.remove(request.argument(i)) ? 1 : 0;
        }
        return Reply.of(removed);
    }

    /** A key that is named twice counts twice, as in Redis. */
    Reply exists(Request request) {
        long found = 0;
        for (int i = 1; i < request.size(); i++) {
            found += keyspace.find(request.argument(i)) == null ? 0 : 1;
        }
        return Reply.of(found);
    }

    /** @param unitMillis 1 or 1000 */
    Reply expire(Request request, long unitMillis, Verb verb) {
        ExpireCondition condition = ExpireCondition.parse(request);
        long deadline = Expiry.ofExpire(request.argument(2), unitMillis, keyspace.nowMillis(), verb);
        Entry entry = keyspace.find(request.argument(1));
        if (entry == null || !condition.allows(entry.expiresAtMillis, deadline)) {
            return Reply.Int.ZERO;
        }
        if (deadline <= keyspace.nowMillis()) {
            keyspace.remove(entry.key);
        } else {
            keyspace.expire(entry, deadline);
        }
        return Reply.Int.ONE;
    }

    /** @param unitMillis 1 or 1000; seconds are rounded to the nearest */
    Reply timeToLive(Request request, long unitMillis) {
        Entry entry = keyspace.find(request.argument(1));
        if (entry == null) {
            return new Reply.Int(-2);
        }
        if (entry.expiresAtMillis == Entry.NEVER) {
            return new Reply.Int(-1);
        }
        long left = entry.expiresAtMillis - keyspace.nowMillis();
        return Reply.of(unitMillis == 1 ? left : left / unitMillis + (left % unitMillis >= unitMillis / 2 ? 1 : 0));
    }

    Reply persist(Request request) {
        Entry entry = keyspace.find(request.argument(1));
        if (entry == null || entry.expiresAtMillis == Entry.NEVER) {
            return Reply.Int.ZERO;
        }
        keyspace.expire(entry, Entry.NEVER);
        return Reply.Int.ONE;
    }

    Reply keys(Request request) {
        Glob pattern = new Glob(request.argument(1));
        List<Reply> found = new ArrayList<>();
        keyspace.visit(0, entry -> {
            if (pattern.matches(entry.key)) {
                found.add(new Reply.Bulk(entry.key));
            }
            return true;
        });
        return new Reply.Array(found);
    }

    /**
     * The cursor names the key last visited by its place in the order of insertion, so keys that are there from the first call to
     * the last are visited once, whatever comes and goes between.
     */
    Reply scan(Request request) {
        long cursor = unsigned(request.argument(1));
        ScanOptions options = ScanOptions.parse(request);
        List<Reply> found = new ArrayList<>();
        long[] left = {options.count()};
        long next = keyspace.visit(cursor, entry -> {
            if (options.accepts(entry)) {
                found.add(new Reply.Bulk(entry.key));
            }
            return --left[0] > 0;
        });
        return new Reply.Array(List.of(new Reply.Bulk(ByteString.of(next)), new Reply.Array(found)));
    }

    Reply type(Request request) {
        Entry entry = keyspace.find(request.argument(1));
        return new Reply.Simple(entry == null ? "none" : entry.value.typeName());
    }

    /** Counts keys that have expired and were not swept yet, as Redis does. */
    Reply databaseSize() {
        return Reply.of(keyspace.size());
    }

    Reply flush(Request request) {
        if (request.size() > 2
                || (request.size() == 2
                        && !request.argument(1).equalsIgnoringCase("SYNC")
                        && !request.argument(1).equalsIgnoringCase("ASYNC"))) {
            throw new RefusedException(Reply.Failure.SYNTAX);
        }
        keyspace.clear();
        return Reply.Simple.OK;
    }

    /** A number of 64 bits without sign, read as {@code strtoul} does: nothing is zero, a minus wraps around. */
    private static long unsigned(ByteString cursor) {
        String digits = cursor.toLatin1();
        boolean negative = digits.startsWith("-");
        if (digits.isEmpty()) {
            return 0;
        }
        try {
            long number = digits.length() > 20
                    ? refuseCursor()
                    : Long.parseUnsignedLong(digits, negative ? 1 : 0, digits.length(), 10);
            return negative ? -number : number;
        } catch (NumberFormatException e) {
            return refuseCursor();
        }
    }

    private static long refuseCursor() {
        throw new RefusedException(INVALID_CURSOR);
    }

    /** The options of EXPIRE: NX if there is no expiry, XX if there is one, GT and LT if the new one is later or earlier. */
    private record ExpireCondition(boolean ifNone, boolean ifSome, boolean ifLater, boolean ifEarlier) {
        static ExpireCondition parse(Request request) {
            boolean ifNone = false;
            boolean ifSome = false;
            boolean ifLater = false;
            boolean ifEarlier = false;
            for (int i = 3; i < request.size(); i++) {
                ByteString option = request.argument(i);
                if (option.equalsIgnoringCase("NX")) {
                    ifNone = true;
                } else if (option.equalsIgnoringCase("XX")) {
                    ifSome = true;
                } else if (option.equalsIgnoringCase("GT")) {
                    ifLater = true;
                } else if (option.equalsIgnoringCase("LT")) {
                    ifEarlier = true;
                } else {
                    throw new RefusedException("ERR Unsupported option " + ErrorTexts.quotable(option, 128));
                }
            }
            if (ifNone && (ifSome || ifLater || ifEarlier)) {
                throw new RefusedException("ERR NX and XX, GT or LT options at the same time are not compatible");
            }
            if (ifLater && ifEarlier) {
                throw new RefusedException("ERR GT and LT options at the same time are not compatible");
            }
            return new ExpireCondition(ifNone, ifSome, ifLater, ifEarlier);
        }

        /** No expiry counts as the latest of all. */
        boolean allows(long current, long wanted) {
            boolean never = current == Entry.NEVER;
            return !(ifNone && !never)
                    && !(ifSome && never)
                    && !(ifLater && (never || wanted <= current))
                    && !(ifEarlier && !never && wanted >= current);
        }
    }

    /** The options of SCAN. */
    private record ScanOptions(
            @Nullable Glob pattern, long count, @Nullable ByteString type) {
        static ScanOptions parse(Request request) {
            Glob pattern = null;
            long count = DEFAULT_SCAN_COUNT;
            ByteString type = null;
            for (int i = 2; i < request.size(); i += 2) {
                ByteString option = request.argument(i);
                if (i + 1 == request.size()) {
                    throw new RefusedException(Reply.Failure.SYNTAX);
                }
                ByteString value = request.argument(i + 1);
                if (option.equalsIgnoringCase("MATCH")) {
                    pattern = new Glob(value);
                } else if (option.equalsIgnoringCase("COUNT")) {
                    count = Integers.parse(value);
                    if (count < 1) {
                        throw new RefusedException(Reply.Failure.SYNTAX);
                    }
                } else if (option.equalsIgnoringCase("TYPE")) {
                    type = value;
                } else {
                    throw new RefusedException(Reply.Failure.SYNTAX);
                }
            }
            return new ScanOptions(pattern, count, type);
        }

        boolean accepts(Entry entry) {
            return (type == null || type.equalsIgnoringCase(upperCaseTypeName(entry.value)))
                    && (pattern == null || pattern.matches(entry.key));
        }

        private static String upperCaseTypeName(Value value) {
            return switch (value) {
                case Value.StringValue string -> "STRING";
                case Value.ListValue list -> "LIST";
                case Value.SetValue set -> "SET";
                case Value.HashValue hash -> "HASH";
            };
        }
    }
}
