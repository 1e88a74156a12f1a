package dev.parley.testkit.sim;

import dev.parley.testkit.check.Violation;

/**
 * What goes wrong in a run, and when: chaos first; then everything heals but for at most f validators; from then on all correct validators that
 * are up must keep deciding.
 */
final class Faults {
    private static final int PARTITION = 0;
    private static final int ONE_WAY = 1;
    private static final int CRASH = 2;
    private static final int HEALING = 3;
    private static final long NOBODY = 0;
    /** Within so many times the bound of progress who has lost its disk takes part again: its notice, what is under way, and the margin. */
    private static final int RECOVERY_BOUNDS = 8;

    private final SimulatedCluster cluster;
    private final Swarm swarm;
    private final int mayFail;
    private final long progressBound;
    private final RandomStream partitions;
    private final RandomStream oneWays;
    private final RandomStream crashes;
    private final RandomStream lostDisks;

    private boolean healed;
    private long partitioned = NOBODY;
    private int muted = -1;
    private int deafened = -1;
    private long lowestBefore;
    /** How often {@link #progressBound} has passed since healing, with progress each time. */
    private int progressed;

    Faults(SimulatedCluster cluster, Swarm swarm, int mayFail, long progressBound, RandomStream random) {
        this.cluster = cluster;
        this.swarm = swarm;
        this.mayFail = mayFail;
        this.progressBound = progressBound;
        this.partitions = random.split(11);
        this.oneWays = random.split(12);
        this.crashes = random.split(13);
        this.lostDisks = random.split(14);
        next(PARTITION, swarm.partitionEvery(), partitions);
        next(ONE_WAY, swarm.oneWayEvery(), oneWays);
        next(CRASH, swarm.crashEvery(), crashes);
        cluster.queue().add(swarm.chaos(), Event.Kind.FAULT, 0).number = HEALING;
    }

    boolean isHealed() {
        return healed;
    }

    void happen(Event event) {
        if (event.kind == Event.Kind.PROGRESS) {
            requireProgress();
        } else if (!healed) {
            switch ((int) event.number) {
                case PARTITION -> partition();
                case ONE_WAY -> oneWay();
                case CRASH -> crash();
                default -> heal();
            }
        }
    }

    private void next(int part, long mean, RandomStream random) {
        if (mean > 0) {
            cluster.queue().add(cluster.now() + random.between(1, 2 * mean), Event.Kind.FAULT, 0).number = part;
        }
    }

    private void partition() {
        if (partitioned == NOBODY) {
            partitioned = partitions.between(1, (1L << cluster.size()) - 2);
            cluster.count(Counter.PARTITIONS);
            cluster.network().split(partitioned, true);
        } else {
            cluster.network().split(partitioned, false);
            partitioned = NOBODY;
        }
        next(PARTITION, swarm.partitionEvery(), partitions);
    }

    private void oneWay() {
        if (muted < 0) {
            muted = oneWays.nextInt(cluster.size());
            deafened = oneWays.nextBoolean() ? -1 : oneWays.nextInt(cluster.size());
            cluster.count(Counter.ONE_WAY_PARTITIONS);
            mute(true);
        } else {
            mute(false);
            muted = -1;
        }
        next(ONE_WAY, swarm.oneWayEvery(), oneWays);
    }

    private void mute(boolean cut) {
        for (int to = 0; to < cluster.size(); to++) {
            if (to != muted && (deafened < 0 || deafened == to)) {
                if (cut) {
                    cluster.network().cut(muted, to);
                } else {
                    cluster.network().mend(muted, to);
                }
            }
        }
    }

    private void crash() {
        int victim = crashes.nextInt(cluster.size());
        // Every other one is back at once, in the view that it left.
        long away = crashes.between(1, crashes.nextBoolean() ? swarm.minDelay() : swarm.crashEvery());
        if (cluster.validator(victim).isUp()) {
            cluster.crash(victim);
            if (lostDisks.chance(swarm.lostDisk()) && mayLoseDisk(victim)) {
                cluster.loseDisk(victim);
            }
            cluster.queue().add(cluster.now() + away, Event.Kind.RESTART, victim);
        }
        next(CRASH, swarm.crashEvery(), crashes);
    }

    /** Whoever has lost its disk is one of the f until it has recovered. */
    private boolean mayLoseDisk(int victim) {
        int failed = 0;
        for (int i = 0; i < cluster.size(); i++) {
            failed += i != victim && hasFailed(i) ? 1 : 0;
        }
        return !cluster.isFaulty(victim) && failed < mayFail;
    }

    private boolean hasFailed(int validator) {
        return cluster.isFaulty(validator) || cluster.isRecovering(validator);
    }

    void heal() {
        if (healed) {
            return;
        }
        healed = true;
        int broken = 0;
        for (int i = 0; i < cluster.size(); i++) {
            if (hasFailed(i)) {
                broken++;
            }
        }
        boolean[] stays = new boolean[cluster.size()];
        while (swarm.brokenAfterHealing() && broken < mayFail) {
            int chosen = crashes.nextInt(cluster.size());
            if (!stays[chosen] && !hasFailed(chosen)) {
                stays[chosen] = true;
                broken++;
            }
        }
        cluster.calmDown();
        for (int i = 0; i < cluster.size(); i++) {
            if (stays[i]) {
                cluster.crash(i);
            } else {
                cluster.restart(i);
            }
        }
        lowestBefore = cluster.lowestHeight();
        cluster.queue().add(cluster.now() + progressBound, Event.Kind.PROGRESS, 0);
    }

    private void requireProgress() {
        long lowest = cluster.lowestHeight();
        if (lowest == lowestBefore) {
            throw new Violation(
                    "progress",
                    "nothing beyond height " + lowest + " for " + progressBound / 1000 + " ms although all has healed: "
                            + cluster.reports());
        }
        lowestBefore = lowest;
        progressed++;
        for (int i = 0; i < cluster.size(); i++) {
            if (progressed > RECOVERY_BOUNDS && cluster.isRecovering(i)) {
                throw new Violation(
                        "recovery",
                        "v" + i + " lost its disk and may not sign " + progressed * progressBound / 1000
                                + " ms after all has healed: " + cluster.reports());
            }
        }
        cluster.queue().add(cluster.now() + progressBound, Event.Kind.PROGRESS, 0);
    }
}
