package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.log.ClientId;
import org.jspecify.annotations.Nullable;

/**
 * One client's latest commands. Sequence numbers are kept in pages of 16, so that a session costs what it has executed and not what
 * its window could hold; the window's floor moves by whole pages.
 */
final class Session {
    static final int PAGE = 16;
    static final int MAX_PAGES = SessionTable.WINDOW / PAGE;

    final ClientId client;
    /** The latest expiry of its executed commands. */
    long maxExpiryMillis;
    /** The first page of the window. Pages below are forgotten. */
    private long floorPage;
    /** A ring by page number; its length is a power of two and reaches from the floor over all pages that are there. */
    private long[] @Nullable [] ring = new long[1][];

    private int pages;

    Session(ClientId client, long maxExpiryMillis) {
        this.client = client;
        this.maxExpiryMillis = maxExpiryMillis;
    }

    static long page(long sequence) {
        return (sequence - 1) / PAGE;
    }

    int pages() {
        return pages;
    }

    boolean isBelowFloor(long sequence) {
        return page(sequence) < floorPage;
    }

    boolean hasPage(long sequence) {
        return find(page(sequence)) != null;
    }

    /** Whether there is a page below this sequence number's, to be given up for it. */
    boolean hasLowerPage(long sequence) {
        return pages > 0 && lowestPage() < page(sequence);
    }

    /** Where the command is, or 0 if that is not known. */
    long position(long sequence) {
        long[] page = find(page(sequence));
        return page == null ? 0 : page[(int) ((sequence - 1) % PAGE)];
    }

    /** @param position not 0 */
    void put(long sequence, long position) {
        long number = page(sequence);
        if (number - floorPage >= MAX_PAGES) {
            raiseFloor(number - MAX_PAGES + 1);
        }
        reach(number);
        int slot = slot(number);
        long[] page = ring[slot];
        if (page == null) {
            page = new long[PAGE];
            ring[slot] = page;
            pages++;
        }
        page[(int) ((sequence - 1) % PAGE)] = position;
    }

    /** Forgets the lowest page; the floor rises above it. */
    void dropLowestPage() {
        raiseFloor(lowestPage() + 1);
    }

    void write(BinaryWriter out) {
        client.write(out);
        out.i64(maxExpiryMillis).i64(floorPage).i32(pages);
        for (int i = 0; i < ring.length; i++) {
            long[] page = ring[slot(floorPage + i)];
            if (page != null) {
                out.i32(i);
                for (long position : page) {
                    out.i64(position);
                }
            }
        }
    }

    static Session read(BinaryReader in) throws MalformedException {
        Session session = new Session(ClientId.read(in), in.nonNegative());
        session.floorPage = in.nonNegative();
        if (session.floorPage > page(Long.MAX_VALUE)) {
            throw new MalformedException("a session's window begins at page " + session.floorPage);
        }
        int count = in.count(MAX_PAGES, 4 + 8 * PAGE);
        int previous = -1;
        for (int i = 0; i < count; i++) {
            int offset = in.count(MAX_PAGES - 1, 0);
            if (offset <= previous || session.floorPage + offset > page(Long.MAX_VALUE)) {
                throw new MalformedException("a session's pages are in their order, each once");
            }
            previous = offset;
            long[] page = new long[PAGE];
            long any = 0;
            for (int j = 0; j < PAGE; j++) {
                page[j] = in.nonNegative();
                any |= page[j];
            }
            if (any == 0) {
                throw new MalformedException("a page of a session is empty");
            }
            session.reach(session.floorPage + offset);
            session.ring[session.slot(session.floorPage + offset)] = page;
            session.pages++;
        }
        if (count == 0) {
            throw new MalformedException("a session has executed nothing");
        }
        return session;
    }

    private long @Nullable [] find(long number) {
        long offset = number - floorPage;
        return offset < 0 || offset >= ring.length ? null : ring[slot(number)];
    }

    private int slot(long number) {
        return (int) (number & (ring.length - 1));
    }

    private long lowestPage() {
        long number = floorPage;
        while (find(number) == null) {
            number++;
        }
        return number;
    }

    private void raiseFloor(long to) {
        long end = Math.min(to, floorPage + ring.length);
        for (long number = floorPage; number < end; number++) {
            int slot = slot(number);
            if (ring[slot] != null) {
                ring[slot] = null;
                pages--;
            }
        }
        floorPage = to;
    }

    private void reach(long number) {
        long need = number - floorPage + 1;
        if (need <= ring.length) {
            return;
        }
        long[] @Nullable [] old = ring;
        ring = new long[Integer.highestOneBit((int) need - 1) << 1][];
        for (int i = 0; i < old.length; i++) {
            long moved = floorPage + i;
            ring[slot(moved)] = old[(int) (moved & (old.length - 1))];
        }
    }
}
