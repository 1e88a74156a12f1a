package dev.parley.testkit.synchrony;

import dev.parley.network.PeerMessage;
import dev.parley.testkit.sim.RandomStream;
import dev.parley.testkit.sim.Scheduler;
import dev.parley.testkit.sim.SimulatedCluster;

/** What is done to a cluster of {@link SynchronyRun#VALIDATORS}, the same for every protocol, and how it ends. */
public enum Condition {
    CALM("calm") {
        @Override
        void begin(SimulatedCluster cluster) {}
    },
    ADVERSARY("adversarial scheduler") {
        @Override
        void begin(SimulatedCluster cluster) {
            cluster.schedule(new LeaderDelay(cluster, new RandomStream(SynchronyRun.SEED)));
        }
    },
    SLOW("every message 4 s late") {
        @Override
        void begin(SimulatedCluster cluster) {
            cluster.schedule((from, to, message) -> LeaderDelay.LATE_MICROS);
        }
    },
    PARTITION("two halves") {
        @Override
        void begin(SimulatedCluster cluster) {
            cluster.partition(0b0011);
        }

        @Override
        void end(SimulatedCluster cluster) {
            cluster.heal();
        }
    },
    SILENT("f silent") {
        @Override
        void begin(SimulatedCluster cluster) {
            cluster.crash(CULPRIT);
        }

        @Override
        void end(SimulatedCluster cluster) {
            cluster.restart(CULPRIT);
        }
    },
    LATE_LEADER("leader just in time") {
        @Override
        void begin(SimulatedCluster cluster) {
            cluster.schedule(lateLeader(cluster));
        }
    };

    /** f of four validators. */
    private static final int CULPRIT = 3;
    /** Just under the first time-out of 100 ms, of which the way of the message takes 1 ms and the votes before it others. */
    private static final long JUST_IN_TIME_MICROS = 90_000;

    private final String title;

    Condition(String title) {
        this.title = title;
    }

    /** In a few words. */
    public String title() {
        return title;
    }

    abstract void begin(SimulatedCluster cluster);

    void end(SimulatedCluster cluster) {
        cluster.schedule(Scheduler.PUNCTUAL);
    }

    /** One validator is late with what it says of consensus while it leads; where nobody leads, always. */
    private static Scheduler lateLeader(SimulatedCluster cluster) {
        return (from, to, message) -> from == CULPRIT
                        && message instanceof PeerMessage.Consensus
                        && (cluster.leader() == CULPRIT || cluster.leader() < 0)
                ? JUST_IN_TIME_MICROS
                : 0;
    }
}
