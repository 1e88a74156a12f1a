package dev.parley.testkit.sim;

import dev.parley.network.PeerMessage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Who can reach whom, how long it takes, what is lost on the way. */
final class SimulatedNetwork {
    private final int size;
    private final EventQueue queue;
    private final RandomStream random;
    private final Counters counters;
    /** By sender and receiver: how many reasons there are that nothing gets through. */
    private final int[] cuts;

    private final long[] lastArrival;
    /** By sender and receiver, in microseconds, beside what the network takes. */
    private final long[] slower;

    private @Nullable MeasuredNetwork measured;
    private Swarm swarm;
    private boolean calm;

    SimulatedNetwork(int size, Swarm swarm, EventQueue queue, RandomStream random, Counters counters) {
        this.size = size;
        this.swarm = swarm;
        this.queue = queue;
        this.random = random;
        this.counters = counters;
        this.cuts = new int[size * size];
        this.lastArrival = new long[size * size];
        this.slower = new long[size * size];
    }

    /** From now on links are as given, and each message has a size. */
    void measure(MeasuredNetwork network) {
        measured = network;
    }

    /** @param late by how much longer than its link needs the message takes; one that is late keeps no order */
    void send(long now, int from, int to, PeerMessage message, long late) {
        int link = from * size + to;
        counters.add(Counter.MESSAGES);
        if (cuts[link] > 0) {
            counters.add(Counter.CUT_BY_PARTITION);
            return;
        }
        if (measured != null) {
            deliver(measured.arrival(now, from, to, message), link, from, to, message);
            return;
        }
        if (!calm) {
            if (random.chance(swarm.loss())) {
                counters.add(Counter.DROPPED);
                return;
            }
            if (random.chance(swarm.duplication())) {
                counters.add(Counter.DUPLICATED);
                deliver(now + delay() + slower[link], link, from, to, message);
            }
        }
        if (late > 0) {
            enqueue(now + delay() + slower[link] + late, from, to, message);
            return;
        }
        deliver(now + delay() + slower[link], link, from, to, message);
    }

    private void deliver(long earliest, int link, int from, int to, PeerMessage message) {
        long arrival = earliest;
        if (calm || !swarm.reordering()) {
            arrival = Math.max(arrival, lastArrival[link]);
            lastArrival[link] = arrival;
        }
        enqueue(arrival, from, to, message);
    }

    /** It arrives then, whatever the network is like. */
    void enqueue(long arrival, int from, int to, PeerMessage message) {
        Event event = queue.add(arrival, Event.Kind.DELIVER, to);
        event.number = from;
        event.subject = message;
    }

    private long delay() {
        if (swarm.spread() == 0 && !swarm.tail()) {
            return swarm.minDelay();
        }
        long bits = random.nextLong();
        long delay = swarm.minDelay() + (((bits >>> 32) * (swarm.spread() + 1)) >>> 32);
        if (swarm.tail() && !calm) {
            int luck = (int) bits & 255;
            if (luck == 0) {
                return delay * 64;
            }
            if (luck < 16) {
                return delay * 8;
            }
        }
        return delay;
    }

    void cut(int from, int to) {
        cuts[from * size + to]++;
    }

    void mend(int from, int to) {
        int link = from * size + to;
        cuts[link] = Math.max(0, cuts[link] - 1);
    }

    /** Two groups, by bits of the mask, that cannot reach each other. */
    void split(long mask, boolean cut) {
        for (int a = 0; a < size; a++) {
            for (int b = 0; b < size; b++) {
                if (((mask >>> a) & 1) != ((mask >>> b) & 1)) {
                    if (cut) {
                        cut(a, b);
                    } else {
                        mend(a, b);
                    }
                }
            }
        }
    }

    /** From now on the link takes so many microseconds more. */
    void slow(int from, int to, long micros) {
        slower[from * size + to] = micros;
    }

    void mendAll() {
        Arrays.fill(cuts, 0);
        Arrays.fill(slower, 0);
    }

    /** No loss, no duplicates, order kept, no tail: delays stay below {@code minDelay + spread}. */
    void heal() {
        calm = true;
        mendAll();
    }
}
