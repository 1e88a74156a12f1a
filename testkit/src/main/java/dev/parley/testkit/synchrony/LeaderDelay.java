package dev.parley.testkit.synchrony;

import dev.parley.network.PeerMessage;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.Scheduler;
import dev.parley.testkit.sim.SimulatedCluster;

/**
 * The adversarial scheduler: what the leader of the highest view says of consensus arrives {@link #LATE_MICROS} late, and the
 * delay moves on with the lead. Where nobody leads, the victim is drawn, and another one every {@link #TURN_MICROS}. Commands are passed on
 * in time. Knows nothing else of a protocol, and at no time delays more than one validator.
 */
public final class LeaderDelay implements Scheduler {
    /** Longer than any time-out of the protocols under test, of which HotStuff's 3.2 s is the largest. */
    public static final long LATE_MICROS = 4_000_000;

    /** As long as the first time-out: what a leader whom nobody hears keeps the lead for at least. */
    static final long TURN_MICROS = 100_000;

    private final SimulatedCluster cluster;
    private final RandomStream random;
    private long turn = -1;
    private int victim;

    public LeaderDelay(SimulatedCluster cluster, RandomStream random) {
        this.cluster = cluster;
        this.random = random;
    }

    @Override
    public long late(int from, int to, PeerMessage message) {
        if (!(message instanceof PeerMessage.Consensus)) {
            return 0;
        }
        int leader = cluster.leader();
        return from == (leader < 0 ? victim() : leader) ? LATE_MICROS : 0;
    }

    private int victim() {
        long current = cluster.now() / TURN_MICROS;
        if (current != turn) {
            turn = current;
            victim = random.nextInt(cluster.size());
        }
        return victim;
    }
}
