package dev.parley.validator;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.network.PeerMessage;
import dev.parley.storage.SnapshotManifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fetches decided blocks from peers that say they have more: each is asked for a range of its own, so that several send at once. Nobody
 * is believed: blocks come with certificates that were verified before they got here, and a peer that claims a height and does not
 * deliver is set aside while others are asked for its range. What comes too early waits, within bounds, for what comes before it. After an answer
 * nobody is asked for as long as the settings' rate gives it: what takes part has the processors and disks meanwhile.
 * Deterministic, without clock.
 */
final class CatchUp {
    /** The payloads of one reply, in bytes; a single larger block is sent all the same. */
    static final long MAX_REPLY_BYTES = 4 << 20;

    /** So far above the decided height blocks are asked for. */
    static final long WINDOW = 8L * PeerMessage.MAX_ENTRIES;

    /** What may wait for the blocks before, in bytes, what is under way included. */
    static final long MAX_HELD_BYTES = 8 * MAX_REPLY_BYTES;

    private static final TimerId REST = new TimerId("catch-up-rest");

    /** What a block holds besides its payload, in bytes, or a little more. */
    private static final long BLOCK_BYTES = 1024;

    /** After so many blocks older ones count half in what a block has on average. */
    private static final long AVERAGED_BLOCKS = 4096;

    /** Heights that a peer was asked for, both included. */
    private record Range(long from, long to) {}

    private final EngineSettings settings;
    private final World world;
    private final ValidatorSet validators;
    private final List<ValidatorId> peers;
    private final Standing standing;
    private final Awaited awaited;
    private final PeerTimers timers;
    /** By peer: the height that it claims to have decided. */
    private final long[] claims;
    /** By peer: the lowest height that it says it still has, where that was above the one it was asked for; else 0. */
    private final long[] prunedBelow;
    /** By peer: what it was asked for. */
    private final @Nullable Range[] asked;
    /** By height: proven, and waiting for those before. */
    private final TreeMap<Long, DecidedBlock> early = new TreeMap<>();

    private long earlyBytes;
    private int asking;
    private boolean paused;
    private boolean resting;
    /** What has come and was not rested for yet. */
    private long unpaidBytes;

    /** What was decided and what has come of late, for the size of a block on average. */
    private long seenBlocks;

    private long seenBytes;

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
            Awaited awaited) {
        this.settings = settings;
        this.world = world;
        this.validators = validators;
        this.peers = peers;
        this.standing = standing;
        this.awaited = awaited;
        this.timers = new PeerTimers("catch-up", validators.size());
        this.claims = new long[validators.size()];
        this.prunedBelow = new long[validators.size()];
        this.asked = new Range[validators.size()];
    }

    /** Whether an answer is awaited, or the next question is. */
    boolean isAsking() {
        return asking > 0 || resting;
    }

    /** A peer says that it has decided up to a height, or the core infers it. Asks for nothing yet. */
    void claimed(long height, ValidatorId peer) {
        claims[peer.index()] = Math.max(claims[peer.index()], height);
    }

    /** Whether nothing was decided since the last tick: while we decide ourselves a peer is often just a moment ahead. */
    boolean isStuck(long decidedHeight) {
        return decidedHeight == heightAtLastTick;
    }

    /** A regular moment to look: whoever is behind and has not moved since the last one asks. */
    void tick(long decidedHeight) {
        if (isStuck(decidedHeight)) {
            proceed(decidedHeight);
        }
        heightAtLastTick = decidedHeight;
    }

    /** A block was decided, or has come: it counts in what a block has on average. */
    void seen(DecidedBlock block) {
        if (seenBlocks >= AVERAGED_BLOCKS) {
            seenBlocks /= 2;
            seenBytes /= 2;
        }
        seenBlocks++;
        seenBytes += sizeOf(block);
    }

    /** Whether a timer is that of {@link #rested}. */
    boolean isRest(TimerId timer) {
        return timer.equals(REST);
    }

    void rested(long decidedHeight) {
        resting = false;
        rest();
        proceed(decidedHeight);
    }

    private void rest() {
        long rate = settings.catchUpBytesPerSecond();
        long millis = rate == 0 ? 0 : unpaidBytes * 1000 / rate;
        if (millis > 0 && !resting) {
            resting = true;
            unpaidBytes = 0;
            world.startTimer(REST, Duration.ofMillis(millis));
        }
    }

    /** The peer whose time is over, null if the timer is not of this. */
    @Nullable ValidatorId peerOf(TimerId timer) {
        return timers.peer(timer);
    }

    /** A peer did not answer in time, or its answer was refused. */
    void failed(ValidatorId peer, long decidedHeight) {
        if (asked[peer.index()] != null) {
            answered(peer);
            giveUp(peer);
            proceed(decidedHeight);
        }
    }

    /**
     * Asks whoever is free and claims something that is missing, in turn. Not the one first that claims most: that may be one that hands out
     * a block at a time, each just before its time is over.
     */
    void proceed(long decidedHeight) {
        if (paused || resting) {
            return;
        }
        forget(decidedHeight);
        int first = turn;
        for (int i = 0; i < peers.size(); i++) {
            int place = (first + i) % peers.size();
            ValidatorId peer = peers.get(place);
            if (asked[peer.index()] == null && claims[peer.index()] > decidedHeight && !standing.isAside(peer)) {
                Range range = missing(decidedHeight);
                if (range != null && isWorthAsking(peer, range, decidedHeight)) {
                    ask(peer, range);
                    turn = (place + 1) % peers.size();
                }
            }
        }
    }

    private boolean isWorthAsking(ValidatorId peer, Range range, long decidedHeight) {
        boolean isNext = range.from() == decidedHeight + 1;
        return claims[peer.index()] >= range.from()
                && prunedBelow[peer.index()] <= range.from()
                && (isNext || earlyBytes + (asking + 1) * MAX_REPLY_BYTES <= MAX_HELD_BYTES);
    }

    private void ask(ValidatorId peer, Range range) {
        asked[peer.index()] = range;
        asking++;
        awaited.asked(peer, Awaited.Kind.BLOCKS);
        world.send(peer, new PeerMessage.EntriesRequest(range.from(), (int) (range.to() - range.from() + 1)));
        world.startTimer(timers.of(peer), settings.fetchTimeout());
    }

    /** The lowest heights that are neither here nor asked for, null if there are none within the window. */
    private @Nullable Range missing(long decidedHeight) {
        long from = decidedHeight + 1;
        Range taken = takenAt(from);
        while (taken != null) {
            from = taken.to() + 1;
            taken = takenAt(from);
        }
        if (from > decidedHeight + WINDOW) {
            return null;
        }
        long to = from + PeerMessage.MAX_ENTRIES - 1;
        Long early = this.early.higherKey(from);
        if (early != null) {
            to = Math.min(to, early - 1);
        }
        for (Range range : asked) {
            if (range != null && range.from() > from) {
                to = Math.min(to, range.from() - 1);
            }
        }
        return new Range(from, to);
    }

    private @Nullable Range takenAt(long height) {
        if (early.containsKey(height)) {
            return new Range(height, height);
        }
        for (Range range : asked) {
            if (range != null && range.from() <= height && height <= range.to()) {
                return range;
            }
        }
        return null;
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

    /**
     * Whether peers of a weak quorum's power, one of which is correct, are so far ahead that a snapshot may come to less than the blocks that
     * they still have, if those are as large as what was decided or has come of late. False before there is any.
     */
    boolean isFarBehind(long decidedHeight) {
        long power = 0;
        for (ValidatorId peer : peers) {
            if (isWorthASnapshot(claims[peer.index()] - decidedHeight)) {
                power += validators.power(peer);
            }
        }
        return power >= validators.weakQuorumPower();
    }

    /** Whether a snapshot is in place of enough blocks, and has no more bytes than they. */
    boolean isShorter(SnapshotManifest manifest, long decidedHeight) {
        long blocks = manifest.height() - decidedHeight;
        return isWorthASnapshot(blocks) && manifest.length() / blocks < averageBytes();
    }

    private boolean isWorthASnapshot(long blocks) {
        long bytes = settings.snapshotInPlaceOfBytes();
        return bytes > 0 && averageBytes() > 0 && blocks > 0 && blocks >= bytes / averageBytes();
    }

    /** Of the blocks that were decided and have come of late; 0 if there are none. */
    private long averageBytes() {
        return seenBlocks == 0 ? 0 : seenBytes / seenBlocks;
    }

    /** Nothing more is asked for until {@link #resume}; what was, may still come. */
    void pause() {
        paused = true;
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

    /** Whether blocks of a peer, or that it has none, answer what it was asked for here. */
    boolean isAnswer(ValidatorId from, PeerMessage.Entries entries) {
        Range range = asked[from.index()];
        return range != null
                && (entries.blocks().isEmpty() || entries.blocks().getFirst().height() == range.from());
    }

    /** @return the blocks that follow ours, in order, or none */
    List<DecidedBlock> received(ValidatorId from, PeerMessage.Entries entries, long decidedHeight) {
        Range range = asked[from.index()];
        if (range == null) {
            return List.of();
        }
        answered(from);
        forget(decidedHeight);
        List<DecidedBlock> blocks = entries.blocks();
        if (blocks.isEmpty() && entries.firstHeight() > range.from()) {
            prunedBelow[from.index()] = entries.firstHeight();
        } else if (!isPartOf(range, blocks)) {
            giveUp(from);
        } else {
            keep(blocks, decidedHeight);
            for (DecidedBlock block : blocks) {
                seen(block);
                unpaidBytes += sizeOf(block);
            }
            rest();
        }
        return next(decidedHeight);
    }

    /** A peer that claims blocks has at least the first of them, and sends no others. */
    private static boolean isPartOf(Range range, List<DecidedBlock> blocks) {
        for (int i = 0; i < blocks.size(); i++) {
            DecidedBlock block = blocks.get(i);
            if (block.height() != range.from() + i
                    || block.height() > range.to()
                    || (i > 0 && !block.parent().equals(blocks.get(i - 1).id()))) {
                return false;
            }
        }
        return !blocks.isEmpty();
    }

    /** What is over the bound is dropped, and asked for again when there is room; but never what is next. */
    private void keep(List<DecidedBlock> blocks, long decidedHeight) {
        boolean isNext = blocks.getFirst().height() <= decidedHeight + 1;
        for (DecidedBlock block : blocks) {
            long size = sizeOf(block);
            if (block.height() > decidedHeight && (isNext || earlyBytes + size <= MAX_HELD_BYTES)) {
                early.put(block.height(), block);
                earlyBytes += size;
            }
        }
    }

    /** Those that follow the decided one without a gap, taken out. */
    private List<DecidedBlock> next(long decidedHeight) {
        List<DecidedBlock> next = new ArrayList<>();
        while (!early.isEmpty() && early.firstKey() == decidedHeight + 1 + next.size()) {
            DecidedBlock block = early.pollFirstEntry().getValue();
            earlyBytes -= sizeOf(block);
            if (!next.isEmpty() && !block.parent().equals(next.getLast().id())) {
                // Certified, and yet not of one chain: more than f are faulty. What is whole goes to the core.
                early.clear();
                earlyBytes = 0;
                break;
            }
            next.add(block);
        }
        return next;
    }

    private void forget(long decidedHeight) {
        while (!early.isEmpty() && early.firstKey() <= decidedHeight) {
            earlyBytes -= sizeOf(early.pollFirstEntry().getValue());
        }
    }

    private static long sizeOf(DecidedBlock block) {
        return BLOCK_BYTES + block.payload().sizeBytes();
    }

    private void answered(ValidatorId peer) {
        if (asked[peer.index()] != null) {
            asked[peer.index()] = null;
            asking--;
            awaited.answered(peer, Awaited.Kind.BLOCKS);
            world.cancelTimer(timers.of(peer));
        }
    }

    private void giveUp(ValidatorId peer) {
        claims[peer.index()] = 0;
        standing.setAside(peer);
    }

    @Override
    public String toString() {
        return "claims " + Arrays.toString(claims) + ", asked " + Arrays.toString(asked) + ", " + early.size()
                + " early";
    }
}
