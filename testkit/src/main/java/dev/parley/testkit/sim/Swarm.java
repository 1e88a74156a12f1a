package dev.parley.testkit.sim;

import java.util.Set;

/**
 * The options of one run, drawn from its seed: some runs lose much and delay little, others crash and partition, so that together they reach
 * what no one mixture would. All times are in microseconds of virtual time, all chances in millionths.
 *
 * @param minDelay the fastest message
 * @param spread how much slower an ordinary message may be
 * @param tail whether one in sixteen messages is eight times slower, one in 256 sixty-four times
 * @param syncDelay how long a disk needs at most to make a batch durable; 0 for at once
 * @param skew the most that a clock is off
 * @param drift the most that a clock is too fast or too slow, in millionths
 * @param partitionEvery the mean time from the end of a partition to the next; 0 for none
 * @param crashEvery the mean time between crashes; 0 for none
 * @param lostDisk how many of the crashes lose the disk
 * @param chaos how long faults go on, unless most of the blocks are decided before
 * @param clients how many clients have one command under way each
 * @param brokenAfterHealing whether validators stay down after healing, as many as may
 * @param byzantine whether some validators are Byzantine
 * @param applicationChecks whether the application checks proposals
 */
public record Swarm(
        long minDelay,
        long spread,
        boolean tail,
        int loss,
        int duplication,
        boolean reordering,
        long syncDelay,
        long skew,
        int drift,
        long partitionEvery,
        long oneWayEvery,
        long crashEvery,
        int lostDisk,
        long chaos,
        int clients,
        boolean brokenAfterHealing,
        boolean byzantine,
        boolean applicationChecks) {
    /** A calm local network: what runs have after healing, and scenarios from the start. */
    public static final Swarm CALM =
            new Swarm(1000, 0, false, 0, 0, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, false);

    /** The same, with an application that is asked about no proposal. */
    Swarm withoutApplicationChecks() {
        return new Swarm(
                minDelay,
                spread,
                tail,
                loss,
                duplication,
                reordering,
                syncDelay,
                skew,
                drift,
                partitionEvery,
                oneWayEvery,
                crashEvery,
                lostDisk,
                chaos,
                clients,
                brokenAfterHealing,
                byzantine,
                false);
    }

    /** Networks, disks and clocks as a seed draws them for a test that brings its own partitions, crashes, clients and Byzantine validators. */
    public static Swarm weather(RandomStream random, Set<Fault> faults) {
        Swarm drawn = draw(random, faults);
        return new Swarm(
                drawn.minDelay,
                drawn.spread,
                drawn.tail,
                drawn.loss,
                drawn.duplication,
                drawn.reordering,
                drawn.syncDelay,
                drawn.skew,
                drawn.drift,
                0,
                0,
                0,
                0,
                0,
                0,
                false,
                false,
                false);
    }

    private static final int TENTH = 100_000;

    static Swarm draw(RandomStream random, Set<Fault> faults) {
        boolean slowNetwork = random.chance(2 * TENTH);
        long minDelay = slowNetwork ? random.between(2_000, 60_000) : random.between(100, 3_000);
        long spread = random.chance(3 * TENTH) ? 0 : random.between(0, minDelay * 3);
        boolean tail = random.chance(3 * TENTH);
        int loss = random.chance(4 * TENTH) ? random.nextInt(250_000) / (1 + random.nextInt(10)) : 0;
        int duplication = random.chance(3 * TENTH) ? random.nextInt(200_000) : 0;
        boolean reordering = random.chance(5 * TENTH);
        long syncDelay = random.chance(5 * TENTH) ? 0 : random.between(100, random.chance(2 * TENTH) ? 50_000 : 5_000);
        long skew = random.chance(5 * TENTH) ? 0 : random.between(0, 400_000);
        int drift = random.chance(5 * TENTH) ? 0 : random.nextInt(50_000);
        long partitionEvery = random.chance(6 * TENTH) ? 0 : random.between(50_000, 1_000_000);
        long oneWayEvery = random.chance(7 * TENTH) ? 0 : random.between(50_000, 1_000_000);
        long crashEvery =
                random.chance(5 * TENTH) ? 0 : random.between(10_000, random.nextBoolean() ? 60_000 : 800_000);
        long chaos = random.between(100_000, 4_000_000);
        int clients = 6 + random.nextInt(6);
        boolean broken = random.chance(4 * TENTH);
        boolean byzantine = random.chance(5 * TENTH);
        boolean applicationChecks = random.chance(3 * TENTH);
        int lostDisk = random.chance(3 * TENTH) ? 0 : random.nextInt(8 * TENTH);
        return new Swarm(
                minDelay,
                faults.contains(Fault.DELAY) ? spread : 0,
                faults.contains(Fault.DELAY) && tail,
                faults.contains(Fault.LOSS) ? loss : 0,
                faults.contains(Fault.DUPLICATION) ? duplication : 0,
                faults.contains(Fault.REORDERING) && reordering,
                faults.contains(Fault.SLOW_DISK) ? syncDelay : 0,
                faults.contains(Fault.CLOCK_SKEW) ? skew : 0,
                faults.contains(Fault.CLOCK_SKEW) ? drift : 0,
                faults.contains(Fault.PARTITION) ? partitionEvery : 0,
                faults.contains(Fault.ONE_WAY_PARTITION) ? oneWayEvery : 0,
                faults.contains(Fault.CRASH) ? crashEvery : 0,
                faults.contains(Fault.LOST_DISK) ? lostDisk : 0,
                chaos,
                clients,
                faults.contains(Fault.CRASH) && broken,
                faults.contains(Fault.BYZANTINE) && byzantine,
                applicationChecks);
    }
}
