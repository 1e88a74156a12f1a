package dev.parley.validator;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.PeerMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Fetches decided blocks from peers that say they have more, one request at a time. Nobody is believed: blocks come with certificates that
 * were verified before they got here, and a peer that claims a height and does not deliver is set aside while others are asked.
 */
final class CatchUp {
    static final TimerId TIMER = new TimerId("catch-up");
    /** The payloads of one reply, in bytes; a single larger block is sent all the same. */
    static final long MAX_REPLY_BYTES = 4 << 20;

    private static final int NOBODY = -1;

    private final EngineSettings settings;
    private final World world;
    private final List<ValidatorId> peers;
    /** By peer: the height that it claims to have decided. */
    private final long[] claims;
    /** By peer: ticks for which it is still set aside. */
    private final long[] setAside;

    private int awaited = NOBODY;
    /** In {@link #peers}: the one after the last that was asked. */
    private int turn;

    /** -1 before the first tick: a validator that just started hears the others out. */
    private long heightAtLastTick = -1;

    CatchUp(EngineSettings settings, World world, List<ValidatorId> peers) {
        this.settings = settings;
        this.world = world;
        this.peers = peers;
        int size = peers.stream().mapToInt(ValidatorId::index).max().orElse(0) + 1;
        this.claims = new long[size];
        this.setAside = new long[size];
    }

    int awaited() {
        return awaited;
    }

    /** A peer says that it has decided up to a height. While we decide ourselves it is often just a moment ahead. */
    void claimed(long height, ValidatorId peer, long decidedHeight) {
        claims[peer.index()] = Math.max(claims[peer.index()], height);
        if (decidedHeight == heightAtLastTick) {
            proceed(decidedHeight);
        }
    }

    /** The core cannot go on without the blocks up to a height. */
    void wanted(long height, ValidatorId source, long decidedHeight) {
        claims[source.index()] = Math.max(claims[source.index()], height);
        proceed(decidedHeight);
    }

    /** A regular moment to look: whoever is behind and has not moved since the last one asks. */
    void tick(long decidedHeight) {
        for (int i = 0; i < setAside.length; i++) {
            setAside[i] = Math.max(0, setAside[i] - 1);
        }
        if (decidedHeight == heightAtLastTick) {
            proceed(decidedHeight);
        }
        heightAtLastTick = decidedHeight;
    }

    void timedOut(long decidedHeight) {
        if (awaited != NOBODY) {
            giveUp(awaited);
            proceed(decidedHeight);
        }
    }

    /**
     * Asks the next peer in turn that claims more than we have, unless a reply is awaited. Not the one that claims most: that may be
     * one that hands out a block at a time, each just before its time is over, and would be asked for ever.
     */
    void proceed(long decidedHeight) {
        if (awaited != NOBODY) {
            return;
        }
        for (int i = 0; i < peers.size(); i++) {
            ValidatorId peer = peers.get((turn + i) % peers.size());
            if (claims[peer.index()] > decidedHeight && setAside[peer.index()] == 0) {
                awaited = peer.index();
                turn = (turn + i + 1) % peers.size();
                world.send(peer, new PeerMessage.EntriesRequest(decidedHeight + 1, PeerMessage.MAX_ENTRIES));
                world.startTimer(TIMER, settings.fetchTimeout());
                return;
            }
        }
    }

    /** @return the blocks that follow ours, in order, or none */
    List<DecidedBlock> received(ValidatorId from, List<DecidedBlock> blocks, long decidedHeight) {
        if (from.index() != awaited) {
            return List.of();
        }
        awaited = NOBODY;
        world.cancelTimer(TIMER);
        int first = 0;
        while (first < blocks.size() && blocks.get(first).height() <= decidedHeight) {
            first++;
        }
        List<DecidedBlock> next = blocks.subList(first, blocks.size());
        for (int i = 0; i < next.size(); i++) {
            boolean follows = next.get(i).height() == decidedHeight + 1 + i
                    && (i == 0 || next.get(i).parent().equals(next.get(i - 1).id()));
            if (!follows) {
                giveUp(from.index());
                return List.of();
            }
        }
        if (next.isEmpty() && claims[from.index()] > decidedHeight) {
            giveUp(from.index());
        }
        return next;
    }

    private void giveUp(int peer) {
        awaited = NOBODY;
        claims[peer] = 0;
        Duration tick = settings.statusInterval();
        setAside[peer] = Math.max(1, settings.setAside().toMillis() / Math.max(1, tick.toMillis()));
    }

    @Override
    public String toString() {
        return "claims " + Arrays.toString(claims) + ", awaiting " + (awaited == NOBODY ? "nobody" : "v" + awaited);
    }
}
