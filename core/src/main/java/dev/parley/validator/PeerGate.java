package dev.parley.validator;

import dev.parley.codec.MalformedException;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where peers' messages come in: decodes and verifies them on a bounded pool, outside the core, and hands them on in the order in which each
 * peer sent them.
 *
 * <p>Each peer has a lane of its own, bounded in messages and bytes; what is over the bound is dropped and counted, and costs the other
 * peers nothing. A lane hands on one batch and takes up the next when that one has been dealt with, so that no mailbox
 * behind the gate holds more than a batch for each peer. Of the lanes that wait, the one goes first whose messages have taken the least of the
 * workers' time: a peer whose messages are many, or dear to verify, has its share of that time and no more. A peer many of whose messages were
 * refused is served when nobody else waits, by one worker at a time. Thread-safe.
 */
final class PeerGate {
    /** Bounds of one lane; one message may be over that in bytes, however little waits before it: else the largest could not come. */
    record Limits(int messages, long bytes) {}

    /** Takes verified messages of one peer, in order; must call {@code done} once when it has dealt with them. */
    interface Outlet {
        void accept(ValidatorId from, List<PeerMessage> messages, Runnable done);
    }

    /** What can be said of a message without the validator's state; called on several threads at once. */
    interface Verifier {
        @Nullable Refusal verify(ValidatorId from, PeerMessage message);
    }

    private static final int BATCH = 64;
    /** A batch is not begun to be longer than this: a message in it may be. */
    private static final long BATCH_BYTES = 256 << 10;

    private static final int DEMOTED_BATCH = 4;
    /** So many refusals, less one for every good message, and a peer is demoted. */
    private static final int DEMOTED_FROM = 16;

    /** So many, and the network hears of it. */
    private static final int MAX_SUSPICION = 256;

    /** What nothing can be read of counts once more for each of these: receiving it is what it cost. */
    private static final int MALFORMED_BYTES = 64 << 10;

    private final Lane[] lanes;
    private final PeerCodec codec;
    private final Verifier verifier;
    private final Executor pool;
    private final int maxWorkers;
    private final Limits limits;
    private final Outlet outlet;
    private final Consumer<Refusal> refused;
    private final Consumer<ValidatorId> distrusted;
    private final LongSupplier nanos;

    /** Guards what follows, and what lanes have spent. */
    private final ArrayDeque<Lane> ready = new ArrayDeque<>();

    private final ArrayDeque<Lane> demoted = new ArrayDeque<>();
    private int workers;
    private boolean demotedServed;
    /** What the lane had spent that was served last: who comes back after a rest has saved up nothing. */
    private long served;

    PeerGate(
            int validators,
            PeerCodec codec,
            Verifier verifier,
            Executor pool,
            int maxWorkers,
            Limits limits,
            Outlet outlet,
            Consumer<Refusal> refused,
            Consumer<ValidatorId> distrusted,
            LongSupplier nanos) {
        this.lanes = new Lane[validators];
        for (int i = 0; i < validators; i++) {
            lanes[i] = new Lane(new ValidatorId(i));
        }
        this.codec = codec;
        this.verifier = verifier;
        this.pool = pool;
        this.maxWorkers = maxWorkers;
        this.limits = limits;
        this.outlet = outlet;
        this.refused = refused;
        this.distrusted = distrusted;
        this.nanos = nanos;
    }

    void deliver(ValidatorId from, PeerMessage message) {
        enqueue(from, new Arrived.Whole(message));
    }

    /** @param frame whatever bytes the peer chose to send */
    void deliverFrame(ValidatorId from, byte[] frame) {
        enqueue(from, new Arrived.Frame(frame));
    }

    boolean isFull(ValidatorId from) {
        return from.index() < lanes.length && lanes[from.index()].isFull();
    }

    /** @return whether there is room already; else it will be told of */
    boolean hasRoomOrTells(ValidatorId from, Runnable then) {
        return from.index() >= lanes.length || lanes[from.index()].hasRoomOrTells(then);
    }

    /** Who waits for room, and is not going to be told of it. */
    List<Runnable> takeAllThatWait() {
        List<Runnable> all = new ArrayList<>();
        for (Lane lane : lanes) {
            Runnable waits = lane.takeWaiting();
            if (waits != null) {
                all.add(waits);
            }
        }
        return all;
    }

    /** The core refused a message of this peer that the gate had let through. */
    void suspect(ValidatorId peer) {
        suspect(lanes[peer.index()], 0);
    }

    private void suspect(Lane lane, int malformedBytes) {
        if (lane.suspect(2 + malformedBytes / MALFORMED_BYTES)) {
            distrusted.accept(lane.peer);
        }
    }

    private sealed interface Arrived {
        int bytes();

        record Whole(PeerMessage message) implements Arrived {
            @Override
            public int bytes() {
                return message.approximateBytes();
            }
        }

        @SuppressWarnings("ArrayRecordComponent") // private, never compared
        record Frame(byte[] content) implements Arrived {
            @Override
            public int bytes() {
                return 64 + content.length;
            }
        }
    }

    private void enqueue(ValidatorId from, Arrived arrived) {
        if (from.index() >= lanes.length) {
            return;
        }
        Lane lane = lanes[from.index()];
        switch (lane.offer(arrived)) {
            case QUEUED -> {}
            case WOKEN -> schedule(lane);
            case FULL -> refused.accept(new Refusal(from, Reason.OVER_CAPACITY, "its inbox is full"));
        }
    }

    private void schedule(Lane lane) {
        synchronized (ready) {
            lane.spent = Math.max(lane.spent, served);
            (lane.isDemoted() ? demoted : ready).add(lane);
            if (workers == maxWorkers || (ready.isEmpty() && demotedServed)) {
                return;
            }
            workers++;
        }
        pool.execute(this::work);
    }

    /** A worker: lanes in good standing first, in turn; one batch of a demoted one when no other waits. */
    private void work() {
        while (true) {
            Lane lane;
            boolean servesDemoted = false;
            synchronized (ready) {
                lane = leastServed();
                if (lane == null && !demotedServed) {
                    lane = demoted.poll();
                    servesDemoted = lane != null;
                    demotedServed = servesDemoted;
                }
                if (lane == null) {
                    workers--;
                    return;
                }
            }
            List<Arrived> batch = lane.take();
            Runnable waits = lane.toBeTold();
            if (waits != null) {
                waits.run();
            }
            long begun = nanos.getAsLong();
            List<PeerMessage> good = verified(lane, batch);
            synchronized (ready) {
                if (servesDemoted) {
                    // Time that nobody else wanted.
                    demotedServed = false;
                } else {
                    lane.spent += nanos.getAsLong() - begun;
                }
            }
            handOn(lane, good);
        }
    }

    /** Of those that have had as little as any, the one that has waited longest. */
    private @Nullable Lane leastServed() {
        Lane least = null;
        for (Lane lane : ready) {
            if (least == null || lane.spent < least.spent) {
                least = lane;
            }
        }
        if (least != null) {
            ready.remove(least);
            served = Math.max(served, least.spent);
        }
        return least;
    }

    private void handOn(Lane lane, List<PeerMessage> good) {
        if (good.isEmpty()) {
            goOn(lane);
        } else {
            outlet.accept(lane.peer, good, () -> goOn(lane));
        }
    }

    private List<PeerMessage> verified(Lane lane, List<Arrived> batch) {
        List<PeerMessage> good = new ArrayList<>(batch.size());
        for (Arrived arrived : batch) {
            Refusal refusal = null;
            PeerMessage message = null;
            try {
                message = switch (arrived) {
                    case Arrived.Whole whole -> whole.message();
                    case Arrived.Frame frame -> codec.decode(frame.content());
                };
                refusal = verifier.verify(lane.peer, message);
            } catch (MalformedException e) {
                refusal = new Refusal(lane.peer, Reason.MALFORMED, String.valueOf(e.getMessage()));
            } catch (RuntimeException | StackOverflowError e) {
                // A defect of a codec or a verifier, which a peer has found: it costs that peer its message, and no
                // worker. Other errors of the virtual machine are nobody's fault: they end the worker, and the
                // dispatcher the process.
                refusal = new Refusal(lane.peer, Reason.MALFORMED, "cannot be looked at: " + e);
            }
            if (refusal != null) {
                // No correct peer sends what cannot be read; other refusals may be of what came late.
                suspect(lane, refusal.reason() == Reason.MALFORMED ? arrived.bytes() : 0);
                refused.accept(refusal);
            } else if (message != null) {
                lane.trust();
                good.add(message);
            }
        }
        return good;
    }

    private void goOn(Lane lane) {
        if (lane.hasMore()) {
            schedule(lane);
        }
    }

    private enum Offer {
        QUEUED,
        WOKEN,
        FULL
    }

    /** One peer's queue; {@code busy} from the moment it is scheduled until its last batch is dealt with. */
    private final class Lane {
        private final ValidatorId peer;
        private final ArrayDeque<Arrived> queue = new ArrayDeque<>();
        private long bytes;
        private boolean busy;
        private int suspicion;
        /** Of the workers' time, in nanoseconds. */
        private long spent;

        private @Nullable Runnable toldOfRoom;

        private Lane(ValidatorId peer) {
            this.peer = peer;
        }

        private synchronized Offer offer(Arrived arrived) {
            int size = arrived.bytes();
            if (queue.size() >= limits.messages() || bytes >= limits.bytes()) {
                return Offer.FULL;
            }
            queue.add(arrived);
            bytes += size;
            if (busy) {
                return Offer.QUEUED;
            }
            busy = true;
            return Offer.WOKEN;
        }

        /** From a quarter of the bounds on, so that what is under way meanwhile finds room. */
        private synchronized boolean isFull() {
            return queue.size() >= Math.max(1, limits.messages() / 4) || bytes >= Math.max(1, limits.bytes() / 4);
        }

        private synchronized boolean hasRoomOrTells(Runnable then) {
            boolean room = hasRoom();
            toldOfRoom = room ? null : then;
            return room;
        }

        private boolean hasRoom() {
            return queue.size() <= limits.messages() / 8 && bytes <= limits.bytes() / 8;
        }

        /** Who is to be told that there is room, if there is, once. */
        private synchronized @Nullable Runnable toBeTold() {
            return hasRoom() ? takeWaiting() : null;
        }

        private synchronized @Nullable Runnable takeWaiting() {
            Runnable waits = toldOfRoom;
            toldOfRoom = null;
            return waits;
        }

        private synchronized List<Arrived> take() {
            int count = Math.min(queue.size(), isDemoted() ? DEMOTED_BATCH : BATCH);
            List<Arrived> batch = new ArrayList<>(count);
            long taken = 0;
            while (batch.size() < count && taken < BATCH_BYTES) {
                Arrived arrived = queue.remove();
                taken += arrived.bytes();
                batch.add(arrived);
            }
            bytes -= taken;
            return batch;
        }

        private synchronized boolean hasMore() {
            busy = !queue.isEmpty();
            return busy;
        }

        /** Whether it is time to say so. */
        private synchronized boolean suspect(int by) {
            suspicion += by;
            if (suspicion < MAX_SUSPICION) {
                return false;
            }
            suspicion = DEMOTED_FROM;
            return true;
        }

        private synchronized void trust() {
            suspicion = Math.max(0, suspicion - 1);
        }

        private synchronized boolean isDemoted() {
            return suspicion >= DEMOTED_FROM;
        }
    }
}
