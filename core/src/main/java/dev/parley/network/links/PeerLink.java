package dev.parley.network.links;

import dev.parley.consensus.ValidatorId;
import dev.parley.network.secure.Channel;
import dev.parley.network.secure.Frame;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.network.secure.ReceiveWindow;
import dev.parley.network.secure.SendWindow;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One validator's end of its link to one peer, over whichever connection there is now: what waits for the peer and what it has not
 * acknowledged, what has come from it, and when to dial again. Frames are offered by any thread; all else belongs to the event loop.
 */
final class PeerLink {
    private static final int FRAMES_PER_ACK = 32;
    private static final int BYTES_PER_ACK = 256 << 10;
    /** Encrypted at a time, and handed to the socket. */
    private static final int FLUSH_BYTES = 64 << 10;

    /** Of frames on one connection that came before: what was under way when it was made, and arrived by the one before. */
    private static final int MAX_DUPLICATES = LinksSettings.FRAMES_UNDER_WAY;

    /** Far more than what one read brings. */
    private static final int MAX_HELD = 4096;

    private static final int MAX_REDIAL_DOUBLINGS = 6;
    /** Not more: a key may have been stolen, and its owner comes back. */
    private static final int MAX_BAR_DOUBLINGS = 4;

    private final LinkHub hub;
    private final ValidatorId peer;
    private final LinkTimes times;
    private final AtomicBoolean pumpScheduled = new AtomicBoolean();

    /** Guards the windows for sending. */
    private final Object lock = new Object();

    private final SendWindow small;
    private final SendWindow large;
    private long dropped;

    private final RateBudget budget;
    /**
     * Acknowledgements that cost nothing of the budget, one for each frame that was sent. A correct peer sends no more than that and one
     * in each heartbeat, since each follows a frame at least; of those sent before no more are to come than frames can be under way.
     */
    private int acksFree;

    private final ReceiveWindow smallIn = new ReceiveWindow();
    private final ReceiveWindow largeIn = new ReceiveWindow();
    private long peerIncarnation;
    /** Whether it has acknowledged something of this process: if it has heard another one since, there are two. */
    private boolean knowsThis;

    private int framesToAck;
    private long bytesToAck;
    private int duplicates;
    /**
     * What has come and found no room: neither taken nor acknowledged, so that the peer has it still if the connection ends. The connection
     * is not read meanwhile, so there is no more of it than one read brings.
     */
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    /** Whether the connection is not read until there is room and budget. */
    private boolean paused;

    private volatile @Nullable LinkConnection current;
    /** Came in, has shown the peer's key and not said hello yet: no more than one, the latest. */
    private @Nullable LinkConnection greeting;

    private boolean dialling;
    private int failures;
    private long dialAt;
    private long adoptedAt;
    private long receivedAt;
    private long sentAt;
    private long writableAt;
    private int breaches;
    private long barredUntil;

    @SuppressWarnings("ArrayRecordComponent") // private, never compared
    private record Held(Channel channel, long number, byte[] frame) {}

    PeerLink(
            LinkHub hub,
            ValidatorId peer,
            LinkTimes times,
            SendWindow small,
            SendWindow large,
            RateBudget budget,
            long firstDialAt) {
        this.hub = hub;
        this.peer = peer;
        this.times = times;
        this.small = small;
        this.large = large;
        this.budget = budget;
        this.dialAt = firstDialAt;
        this.barredUntil = hub.now();
    }

    ValidatorId peer() {
        return peer;
    }

    void offer(Channel channel, Frame frame) {
        synchronized (lock) {
            dropped += (channel == Channel.SMALL ? small : large).offer(frame);
        }
        if (current != null && pumpScheduled.compareAndSet(false, true)) {
            hub.execute(() -> {
                pumpScheduled.set(false);
                LinkConnection now = current;
                if (now != null) {
                    pump(now);
                }
            });
        }
    }

    long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    long outstandingBytes() {
        synchronized (lock) {
            return small.bytes() + large.bytes();
        }
    }

    boolean isOpen() {
        return current != null;
    }

    // Sending

    /** Small frames first, whatever is under way of a large one; as much as the socket takes. */
    void pump(LinkConnection by) {
        if (by != current) {
            return;
        }
        int unflushed = 0;
        while (by.isWritable()) {
            long now = hub.now();
            writableAt = now;
            SendWindow.Numbered next = next(small, now);
            if (next != null) {
                by.small(next);
                sent();
                unflushed += next.frame().length();
            } else if (by.isInsideLarge()) {
                by.more();
                unflushed += LinkConnection.PIECE_BYTES;
            } else {
                next = next(large, now);
                if (next == null) {
                    break;
                }
                by.large(next);
                sent();
                unflushed += Math.min(next.frame().length(), LinkConnection.PIECE_BYTES);
            }
            sentAt = now;
            if (unflushed >= FLUSH_BYTES) {
                by.flush();
                unflushed = 0;
            }
        }
        if (unflushed > 0) {
            if (framesToAck > 0) {
                ack(by);
            }
            by.flush();
        } else {
            ackIfDue(by);
        }
    }

    private void sent() {
        acksFree = Math.min(acksFree + 1, LinksSettings.FRAMES_UNDER_WAY);
    }

    private SendWindow.@Nullable Numbered next(SendWindow window, long now) {
        synchronized (lock) {
            return window.next(now);
        }
    }

    /** A peer that does not take what is written is told when it does. */
    private void ackIfDue(LinkConnection by) {
        if ((framesToAck >= FRAMES_PER_ACK || bytesToAck >= BYTES_PER_ACK) && by.isWritable()) {
            ack(by);
            by.flush();
        }
    }

    private void ack(LinkConnection by) {
        framesToAck = 0;
        bytesToAck = 0;
        sentAt = hub.now();
        by.ack(smallIn.next(), largeIn.next());
    }

    // Receiving: each says why the connection is to be ended, or null

    /** It has shown the peer's key. */
    void identified(LinkConnection by) {
        if (!by.isDialled()) {
            LinkConnection former = greeting;
            greeting = by;
            if (former != null) {
                former.close();
            }
        }
        by.greet(hello());
    }

    /** A peer has said what it is at; decides which of two connections stays. */
    @Nullable LinkRefusal greeted(LinkConnection by, Hello hello) {
        if (by == greeting) {
            greeting = null;
        }
        LinkRefusal differs = hub.compare(peer, hello.terms());
        if (differs != null) {
            return differs;
        }
        if (knowsThis && hello.peerIncarnation() != 0 && hello.peerIncarnation() != hub.incarnation()) {
            hub.spokenToByAnother(peer);
        }
        long now = hub.now();
        LinkConnection other = current;
        if (other != null && hello.incarnation() == peerIncarnation && isAlive(now) && keeps(other, by)) {
            by.close();
            return null;
        }
        synchronized (lock) {
            if (hello.peerIncarnation() == hub.incarnation()
                    && !(small.acknowledged(hello.nextSmall(), false, now)
                            && large.acknowledged(hello.nextLarge(), false, now))) {
                return LinkRefusal.BAD_ACKNOWLEDGEMENT;
            }
            small.newSession(now);
            large.newSession(now);
        }
        if (hello.incarnation() == peerIncarnation) {
            smallIn.skipTo(hello.firstSmall());
            largeIn.skipTo(hello.firstLarge());
        } else {
            smallIn.restart(hello.firstSmall());
            largeIn.restart(hello.firstLarge());
            peerIncarnation = hello.incarnation();
        }
        current = by;
        held.clear();
        paused = false;
        duplicates = 0;
        dialling = false;
        adoptedAt = now;
        receivedAt = now;
        writableAt = now;
        if (other != null) {
            other.close();
        }
        hub.agreed(peer);
        pump(by);
        return null;
    }

    /** Not if a heartbeat is missing: the peer has lost the connection perhaps, and this side has not noticed. */
    private boolean isAlive(long now) {
        return now - receivedAt < 2 * times.heartbeatMillis();
    }

    /** Two at once, each dialled by one side: the one of the lower index stays. Of two by one side the later does: its former one is lost to it. */
    private boolean keeps(LinkConnection old, LinkConnection later) {
        boolean dialsFirst = hub.self().index() < peer.index();
        return old.isDialled() != later.isDialled() && old.isDialled() == dialsFirst;
    }

    @Nullable LinkRefusal arrived(LinkConnection by, Channel channel, long number, byte[] frame) {
        if (by != current) {
            return null;
        }
        receivedAt = hub.now();
        if (!paused && !hub.isFull(peer) && budget.takes(receivedAt)) {
            return take(by, channel, number, frame);
        }
        if (held.size() == MAX_HELD) {
            return LinkRefusal.OVER_CAPACITY;
        }
        held.add(new Held(channel, number, frame));
        pause(by);
        return null;
    }

    private void pause(LinkConnection by) {
        if (!paused) {
            paused = true;
            by.pause();
            goOn(by);
        }
    }

    /** Takes what is held, as far as there is room and budget, and comes back when there is more of either. */
    private void goOn(LinkConnection by) {
        if (by != current) {
            return;
        }
        while (true) {
            if (!held.isEmpty() && hub.isFull(peer)) {
                hub.whenRoom(peer, () -> hub.execute(() -> goOn(by)));
                return;
            }
            long now = hub.now();
            long wait = budget.millisUntilOne(now);
            if (wait > 0) {
                hub.later(() -> goOn(by), wait);
                return;
            }
            Held next = held.poll();
            if (next == null) {
                break;
            }
            budget.owes(now);
            LinkRefusal wrong = take(by, next.channel(), next.number(), next.frame());
            if (wrong != null) {
                by.breach(wrong);
                return;
            }
        }
        paused = false;
        receivedAt = hub.now();
        by.resume();
    }

    private @Nullable LinkRefusal take(LinkConnection by, Channel channel, long number, byte[] frame) {
        switch ((channel == Channel.SMALL ? smallIn : largeIn).accept(number)) {
            case DELIVER -> hub.deliver(peer, frame);
            case DUPLICATE -> {
                duplicates++;
                if (duplicates > MAX_DUPLICATES) {
                    return LinkRefusal.REPLAYED;
                }
            }
            case AFTER_GAP -> {
                return LinkRefusal.REPLAYED;
            }
        }
        framesToAck++;
        bytesToAck += frame.length;
        ackIfDue(by);
        return null;
    }

    /** A part of something has come. */
    void hears(LinkConnection by) {
        if (by == current) {
            receivedAt = hub.now();
        }
    }

    @Nullable LinkRefusal acknowledged(LinkConnection by, long nextSmall, long nextLarge) {
        if (by != current) {
            return null;
        }
        long now = hub.now();
        receivedAt = now;
        knowsThis = true;
        synchronized (lock) {
            if (!(small.acknowledged(nextSmall, false, now) && large.acknowledged(nextLarge, false, now))) {
                return LinkRefusal.BAD_ACKNOWLEDGEMENT;
            }
        }
        if (acksFree > 0) {
            acksFree--;
        } else {
            budget.owes(now);
            if (budget.millisUntilOne(now) > 0) {
                pause(by);
            }
        }
        pump(by);
        return null;
    }

    // The life of connections

    /** What this side says first. */
    private Hello hello() {
        synchronized (lock) {
            return new Hello(
                    hub.incarnation(),
                    small.first(),
                    large.first(),
                    peerIncarnation,
                    smallIn.next(),
                    largeIn.next(),
                    hub.terms());
        }
    }

    /** Whether the peer is to wait before it is heard again. */
    boolean isBarred() {
        return hub.now() - barredUntil < 0;
    }

    /** The peer did what no correct one does: each time it waits twice as long. */
    void broke(LinkRefusal why, @Nullable String detail) {
        hub.refused(peer, why, detail);
        barredUntil = hub.now() + doubled(times.barMillis(), breaches++, MAX_BAR_DOUBLINGS);
    }

    /** What has come from it and was decoded is mostly of no use. */
    void distrusted() {
        broke(LinkRefusal.USELESS, null);
        LinkConnection by = current;
        if (by != null) {
            by.close();
        }
    }

    void closed(LinkConnection by) {
        if (by == greeting) {
            greeting = null;
        }
        if (by == current) {
            current = null;
            held.clear();
            if (hub.now() - adoptedAt >= times.steadyMillis()) {
                failures = 0;
                breaches = 0;
            }
            notReached();
        } else if (by.isDialled()) {
            if (current == null) {
                notReached();
            } else {
                dialling = false;
            }
        }
    }

    void notReached() {
        dialling = false;
        long wait = doubled(times.redialMillis(), failures++, MAX_REDIAL_DOUBLINGS);
        dialAt = hub.now() + wait / 2 + hub.jitter(wait / 2 + 1);
    }

    private static long doubled(long millis, int times, int most) {
        return millis << Math.min(times, most);
    }

    /** A regular moment: dials, says that it lives, notices who does not. */
    void tick(long now) {
        LinkConnection by = current;
        if (by == null) {
            if (!dialling && now - dialAt >= 0 && !isBarred()) {
                dialling = true;
                hub.dial(peer);
            }
            return;
        }
        if (by.isWritable()) {
            writableAt = now;
        }
        if ((!paused && now - receivedAt >= times.silenceMillis())
                || now - writableAt >= times.stallMillis()
                || by.isSwamped()) {
            by.close();
        } else if (by.isWritable() && (framesToAck > 0 || now - sentAt >= times.heartbeatMillis())) {
            ack(by);
            by.flush();
        }
    }
}
