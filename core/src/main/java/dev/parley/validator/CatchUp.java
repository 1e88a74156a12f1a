package dev.parley.validator;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.network.PeerMessage;
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
    private final ValidatorSet validators;
    private final List<ValidatorId> peers;
    private final Standing standing;
    private final Awaited asked;
    /** By peer: the height that it claims to have decided. */
    private final long[] claims;
    /** By peer: the lowest height that it says it still has, where that was above the one it was asked for; else 0. */
    private final long[] prunedBelow;

    private boolean paused;
    private int awaited = NOBODY;
    /** In {@link #peers}: the one after the last that was asked. */
    private int turn;

    /** -1 before the first tick: a validator that just started hears the others out. */
    private long heightAtLastTick = -1;

    CatchUp(
            EngineSettings settings,
            World world,
            ValidatorSet validators,
            List<ValidatorId> peers,
            Standing standing,
            Awaited asked) {
        this.settings = settings;
        this.world = world;
        this.validators = validators;
        this.peers = peers;
        this.standing = standing;
        this.asked = asked;
        this.claims = new long[validators.size()];
        this.prunedBelow = new long[validators.size()];
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
        if (paused || awaited != NOBODY) {
            return;
        }
        for (int i = 0; i < peers.size(); i++) {
            ValidatorId peer = peers.get((turn + i) % peers.size());
            if (claims[peer.index()] > decidedHeight
                    && prunedBelow[peer.index()] <= decidedHeight + 1
                    && !standing.isAside(peer)) {
                awaited = peer.index();
                asked.asked(peer, Awaited.Kind.BLOCKS);
                turn = (turn + i + 1) % peers.size();
                world.send(peer, new PeerMessage.EntriesRequest(decidedHeight + 1, PeerMessage.MAX_ENTRIES));
                world.startTimer(TIMER, settings.fetchTimeout());
                return;
            }
        }
    }

    /**
     * Whether the next block is pruned at peers of a weak quorum's power, one of which is correct: then a snapshot is worth its while, even
     * if somebody still hands out one block at a time.
     */
    boolean isPruned(long decidedHeight) {
        long power = 0;
        for (ValidatorId peer : peers) {
            if (prunedBelow[peer.index()] > decidedHeight + 1) {
                power += validators.power(peer);
            }
        }
        return power >= validators.weakQuorumPower();
    }

    /** Nothing is asked for until {@link #resume}. */
    void pause() {
        paused = true;
        if (awaited != NOBODY) {
            answered();
            world.cancelTimer(TIMER);
        }
    }

    void resume(long decidedHeight) {
        if (paused) {
            paused = false;
            proceed(decidedHeight);
        }
    }

    /** What peers said that they had pruned is asked for again: it may have been a lie. */
    void askAnew() {
        Arrays.fill(prunedBelow, 0);
    }

    /** @return the blocks that follow ours, in order, or none */
    List<DecidedBlock> received(ValidatorId from, PeerMessage.Entries entries, long decidedHeight) {
        if (from.index() != awaited) {
            return List.of();
        }
        answered();
        world.cancelTimer(TIMER);
        List<DecidedBlock> blocks = entries.blocks();
        if (blocks.isEmpty() && entries.firstHeight() > decidedHeight + 1) {
            prunedBelow[from.index()] = entries.firstHeight();
            proceed(decidedHeight);
            return List.of();
        }
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

    /** What the awaited peer answered was false. */
    void answerRefused(ValidatorId from, long decidedHeight) {
        if (from.index() == awaited) {
            world.cancelTimer(TIMER);
            giveUp(awaited);
            proceed(decidedHeight);
        }
    }

    private void answered() {
        asked.answered(new ValidatorId(awaited), Awaited.Kind.BLOCKS);
        awaited = NOBODY;
    }

    private void giveUp(int peer) {
        if (awaited != NOBODY) {
            answered();
        }
        claims[peer] = 0;
        standing.setAside(new ValidatorId(peer));
    }

    @Override
    public String toString() {
        return "claims " + Arrays.toString(claims) + ", awaiting " + (awaited == NOBODY ? "nobody" : "v" + awaited);
    }
}
