package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.log.ClientId;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which commands were ordered, so that each is executed at most once (hazards: replayed commands). Replicated state: equal histories
 * give equal tables, and equal tables equal bytes. Not thread-safe.
 *
 * <p>Of each session the latest {@link #WINDOW} sequence numbers are told apart. A session is dropped once block time is a second
 * past all of its executed commands: none of them could be executed again, since each has expired.
 */
public final class SessionTable {
    /** So many of a session's latest sequence numbers are told apart; lower ones are {@link Status.TooOld}. */
    public static final int WINDOW = 8192;
    /** Default bound on sessions. */
    public static final int MAX_SESSIONS = 100_000;
    /** Default bound on how far ahead of block time an expiry may lie, in milliseconds. */
    public static final long MAX_LIFETIME_MILLIS = 600_000;

    /** In all, so many pages of 16 sequence numbers for each session that there may be; a busy session may have more. */
    private static final int PAGES_PER_SESSION = 20;

    private static final int INDEX_BITS = 16;
    private static final long BUCKET_MILLIS = 1000;

    /** What the table knows of a command. */
    public sealed interface Status {
        /** Never seen: to be executed. */
        record Fresh() implements Status {
            static final Fresh INSTANCE = new Fresh();
        }

        /** Ordered before. */
        record Duplicate(long height, int index) implements Status {}

        /** Below the session's window: may have been seen. */
        record TooOld() implements Status {
            static final TooOld INSTANCE = new TooOld();
        }

        /** Block time has passed its expiry. */
        record Expired() implements Status {
            static final Expired INSTANCE = new Expired();
        }

        /** The expiry is over the bound. */
        record TooFarAhead() implements Status {
            static final TooFarAhead INSTANCE = new TooFarAhead();
        }

        /** No room for one more session. */
        record TableFull() implements Status {
            static final TableFull INSTANCE = new TableFull();
        }
    }

    private final int maxSessions;
    private final long maxPages;
    private final long maxLifetimeMillis;
    private final Map<ClientId, Session> sessions = new HashMap<>();
    /** Sessions by a second in which they may be due: the one of their latest expiry or an earlier one. */
    private final TreeMap<Long, List<Session>> due = new TreeMap<>();

    private long timeMillis;
    private long pages;
    /** The session that was looked up last: commands of one client come together. */
    private @Nullable Session latest;

    /** An empty table with the default bounds. */
    public SessionTable() {
        this(MAX_SESSIONS, MAX_LIFETIME_MILLIS);
    }

    /**
     * @param maxSessions the most sessions, at least 1
     * @param maxLifetimeMillis how far ahead of block time an expiry may lie, in milliseconds
     */
    public SessionTable(int maxSessions, long maxLifetimeMillis) {
        this(maxSessions, maxLifetimeMillis, (long) PAGES_PER_SESSION * maxSessions);
    }

    SessionTable(int maxSessions, long maxLifetimeMillis, long maxPages) {
        if (maxSessions < 1 || maxLifetimeMillis < 1) {
            throw new IllegalArgumentException("a session table of " + maxSessions + " sessions, " + maxLifetimeMillis);
        }
        this.maxSessions = maxSessions;
        this.maxLifetimeMillis = maxLifetimeMillis;
        this.maxPages = maxPages;
    }

    /** @throws MalformedException if it is not the form of a table within these bounds */
    public static SessionTable read(BinaryReader in, int maxSessions, long maxLifetimeMillis)
            throws MalformedException {
        SessionTable table = new SessionTable(maxSessions, maxLifetimeMillis);
        table.readContent(in);
        return table;
    }

    /** Equal tables give equal bytes. */
    public void write(BinaryWriter out) {
        out.i64(timeMillis).i32(sessions.size());
        sessions.values().stream()
                .sorted((one, other) -> one.client.compareTo(other.client))
                .forEach(session -> session.write(out));
    }

    /** A table of its own with the same content. */
    public SessionTable copy() {
        BinaryWriter out = new BinaryWriter(1 << 12);
        write(out);
        SessionTable copy = new SessionTable(maxSessions, maxLifetimeMillis, maxPages);
        try {
            copy.readContent(new BinaryReader(out.toByteArray()));
        } catch (MalformedException e) {
            throw new IllegalStateException("a session table does not read what it wrote", e);
        }
        return copy;
    }

    /**
     * Block time has come to {@code blockTimeMillis}: sessions all of whose commands have expired before this second are dropped. To
     * be called before the block's commands are looked up.
     */
    public void advance(long blockTimeMillis) {
        timeMillis = Math.max(timeMillis, blockTimeMillis);
        long now = timeMillis / BUCKET_MILLIS;
        while (!due.isEmpty() && due.firstKey() < now) {
            for (Session session : due.pollFirstEntry().getValue()) {
                if (session.maxExpiryMillis / BUCKET_MILLIS < now) {
                    sessions.remove(session.client);
                    pages -= session.pages();
                } else {
                    schedule(session);
                }
            }
            latest = null;
        }
    }

    /** What is known of a command at some block time. A duplicate is one whether or not it has expired. */
    public Status status(CommandId id, long expiresAtMillis, long blockTimeMillis) {
        Session session = find(id.client());
        long position = session == null ? 0 : session.position(id.sequence());
        if (position != 0) {
            return duplicate(position);
        }
        if (blockTimeMillis > expiresAtMillis) {
            return Status.Expired.INSTANCE;
        }
        if (expiresAtMillis - blockTimeMillis > maxLifetimeMillis) {
            return Status.TooFarAhead.INSTANCE;
        }
        if (session == null) {
            return sessions.size() < maxSessions && pages < maxPages
                    ? Status.Fresh.INSTANCE
                    : Status.TableFull.INSTANCE;
        }
        if (session.isBelowFloor(id.sequence())) {
            return Status.TooOld.INSTANCE;
        }
        return pages < maxPages || session.hasPage(id.sequence()) || session.hasLowerPage(id.sequence())
                ? Status.Fresh.INSTANCE
                : Status.TableFull.INSTANCE;
    }

    /**
     * Remembers a command that was {@link Status.Fresh}. In a table that is full a session with a lower page gives that up for the
     * new one.
     *
     * @param height 1 or more, below 2^47
     * @param index 0 to 65,535
     */
    public void record(CommandId id, long expiresAtMillis, long height, int index) {
        if (height < 1 || height >= 1L << (63 - INDEX_BITS) || index < 0 || index >= 1 << INDEX_BITS) {
            throw new IllegalArgumentException("a command at height " + height + ", index " + index);
        }
        Session session = find(id.client());
        if (session == null) {
            session = new Session(id.client(), expiresAtMillis);
            sessions.put(id.client(), session);
            schedule(session);
            latest = session;
        }
        session.maxExpiryMillis = Math.max(session.maxExpiryMillis, expiresAtMillis);
        int before = session.pages();
        if (pages >= maxPages && before > 0 && !session.hasPage(id.sequence())) {
            session.dropLowestPage();
        }
        session.put(id.sequence(), height << INDEX_BITS | index);
        pages += session.pages() - before;
    }

    /** Where a command was ordered first, or null if that is not known any more. */
    Status.@Nullable Duplicate find(CommandId id) {
        Session session = find(id.client());
        long position = session == null ? 0 : session.position(id.sequence());
        return position == 0 ? null : duplicate(position);
    }

    /** Sessions in the table. */
    public int size() {
        return sessions.size();
    }

    private void readContent(BinaryReader in) throws MalformedException {
        timeMillis = in.nonNegative();
        int count = in.count(maxSessions, 16 + 8 + 8 + 4);
        @Nullable ClientId previous = null;
        for (int i = 0; i < count; i++) {
            Session session = Session.read(in);
            if (previous != null && previous.compareTo(session.client) >= 0) {
                throw new MalformedException("sessions are in the order of their clients, each once");
            }
            previous = session.client;
            pages += session.pages();
            if (pages > maxPages || session.maxExpiryMillis / BUCKET_MILLIS < timeMillis / BUCKET_MILLIS) {
                throw new MalformedException("the session of " + session.client + " would not be kept");
            }
            sessions.put(session.client, session);
            schedule(session);
        }
    }

    private @Nullable Session find(ClientId client) {
        Session known = latest;
        if (known != null && known.client.equals(client)) {
            return known;
        }
        Session found = sessions.get(client);
        if (found != null) {
            latest = found;
        }
        return found;
    }

    private void schedule(Session session) {
        due.computeIfAbsent(session.maxExpiryMillis / BUCKET_MILLIS, second -> new ArrayList<>())
                .add(session);
    }

    private static Status.Duplicate duplicate(long position) {
        return new Status.Duplicate(position >>> INDEX_BITS, (int) (position & ((1 << INDEX_BITS) - 1)));
    }
}
