package dev.parley.mempool;

import dev.parley.log.Command;
import dev.parley.log.CommandId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that the pool knows of one command: whether it waits here, and which undecided blocks hold it. */
final class Entry {
    /** In place of a peer's index. */
    static final int LOCAL = -1;

    final CommandId id;
    /** The command that waits here, or null if only undecided blocks hold it. */
    @Nullable Command waiting;

    int origin = LOCAL;
    /** Orders those that wait, over all lanes. */
    long arrival;
    /** When it came or was last given to be gossiped. */
    long offeredAtMillis;

    /** Neighbours in the lane, where {@link #ready}. */
    @Nullable Entry previous;

    @Nullable Entry next;
    /** Whether it is in a lane: it waits, and no block of the present branch holds it. */
    boolean ready;

    /** Whether it waits outside the lanes because the application does not want it proposed now. */
    boolean aside;

    /** The list of those that expire in the same moment, and the place there. */
    @Nullable List<Entry> expiring;

    int expiringIndex;

    /** How many blocks of the present branch hold it. */
    int onBranch;
    /** How many undecided blocks hold it. */
    int inBlocks;

    boolean decided;
    /** The last check that met it, to find a command twice in one payload. */
    long metBy;

    Entry(CommandId id) {
        this.id = id;
    }
}
