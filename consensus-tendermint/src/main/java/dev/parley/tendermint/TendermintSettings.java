package dev.parley.tendermint;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;

/**
 * The parameters of Tendermint. {@code partBytes} must be the same at all validators, the durations need not. Immutable.
 *
 * @param propose how long a proposal may take to come
 * @param prevote how long more prevotes are waited for once a quorum of any is there
 * @param precommit how long more precommits are waited for once a quorum of any is there
 * @param maxTimeout none of the three is ever longer; at least each of round 0, at most a day
 * @param gossipInterval after how long without progress peers are told what this validator has, 1 ms to half of
 *     maxTimeout
 * @param emptyBlockInterval after how long an idle chain makes an empty block, at most a day; zero for never
 * @param partBytes payloads above this travel in parts of this size, 1 to {@link #MAX_PART_BYTES}; from a configuration at least 512,
 *     since a block of more than 65,536 parts is refused
 */
public record TendermintSettings(
        Timeout propose,
        Timeout prevote,
        Timeout precommit,
        Duration maxTimeout,
        Duration gossipInterval,
        Duration emptyBlockInterval,
        int partBytes) {
    /** So that a part always fits a frame. */
    public static final int MAX_PART_BYTES = 1 << 20;

    /** So that the largest payload has no more parts than can be named. */
    static final int MIN_PART_BYTES = Parts.MAX_PAYLOAD_BYTES / Bits.MAX_SIZE;

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** No time-out is longer: sums of them stay far from overflow. */
    static final Duration LONGEST = Duration.ofDays(1);

    /**
     * A time-out of round r: base + r · delta, as in Algorithm 1.
     *
     * @param base of round 0, 1 ms to a day
     * @param delta by which each round's exceeds the last one's, 1 ms to a day: without growth a network slower than the base would
     *     never decide
     */
    public record Timeout(Duration base, Duration delta) {
        /** @throws IllegalArgumentException if either is out of bounds */
        public Timeout {
            requireWithin("a time-out", base, SHORTEST);
            requireWithin("a time-out's growth", delta, SHORTEST);
        }

        static Timeout ofMillis(long base, long delta) {
            return new Timeout(Duration.ofMillis(base), Duration.ofMillis(delta));
        }

        Duration of(int round, Duration max) {
            // Rounds are bounded by TendermintMessage.MAX_ROUND, which keeps the product far from overflow.
            Duration timeout = base.plus(delta.multipliedBy(round));
            return timeout.compareTo(max) < 0 ? timeout : max;
        }
    }

    public static final TendermintSettings DEFAULTS = new TendermintSettings(
            Timeout.ofMillis(1000, 500),
            Timeout.ofMillis(500, 250),
            Timeout.ofMillis(500, 250),
            Duration.ofSeconds(30),
            Duration.ofMillis(500),
            Duration.ZERO,
            64 << 10);

    /** @throws IllegalArgumentException that says which parameter is out of its bounds, and what these are */
    public TendermintSettings {
        requireWithin("max-timeout", maxTimeout, SHORTEST);
        requireWithin("gossip-interval", gossipInterval, SHORTEST);
        requireWithin("empty-block-interval", emptyBlockInterval, Duration.ZERO);
        for (Timeout timeout : new Timeout[] {propose, prevote, precommit}) {
            if (maxTimeout.compareTo(timeout.base()) < 0) {
                throw new IllegalArgumentException("max-timeout = " + maxTimeout
                        + " is below timeout-…, a time-out of round 0, " + timeout.base());
            }
        }
        if (gossipInterval.multipliedBy(2).compareTo(maxTimeout) > 0) {
            throw new IllegalArgumentException(
                    "gossip-interval = " + gossipInterval + " is more than half of max-timeout = " + maxTimeout
                            + ": peers could not tell each other in time what they lack of a round");
        }
        if (partBytes < 1 || partBytes > MAX_PART_BYTES) {
            throw new IllegalArgumentException("part-bytes is 1 to " + MAX_PART_BYTES + ", not " + partBytes);
        }
    }

    private static void requireWithin(String name, Duration duration, Duration least) {
        if (duration.compareTo(least) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " is " + least.toMillis() + " ms to a day, not " + duration);
        }
    }

    /**
     * @param config the whole configuration, of which {@code parley.consensus.tendermint} is read
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static TendermintSettings from(Config config) {
        Config own = config.getConfig("parley.consensus.tendermint");
        try {
            return new TendermintSettings(
                    timeout(own, "timeout-propose"),
                    timeout(own, "timeout-prevote"),
                    timeout(own, "timeout-precommit"),
                    own.getDuration("max-timeout"),
                    own.getDuration("gossip-interval"),
                    own.getDuration("empty-block-interval"),
                    partBytes(own));
        } catch (IllegalArgumentException e) {
            throw new ConfigException.Generic("parley.consensus.tendermint: " + e.getMessage(), e);
        }
    }

    private static Timeout timeout(Config own, String name) {
        return new Timeout(timing(own, name), timing(own, name + "-delta"));
    }

    private static Duration timing(Config own, String name) {
        Duration duration = own.getDuration(name);
        requireWithin(name, duration, SHORTEST);
        return duration;
    }

    private static int partBytes(Config own) {
        long bytes = own.getBytes("part-bytes");
        if (bytes < MIN_PART_BYTES || bytes > MAX_PART_BYTES) {
            throw new ConfigException.BadValue(
                    own.origin(),
                    "parley.consensus.tendermint.part-bytes",
                    bytes + " is not " + MIN_PART_BYTES + " to " + MAX_PART_BYTES);
        }
        return (int) bytes;
    }

    public TendermintSettings withTimeouts(Timeout newPropose, Timeout newPrevote, Timeout newPrecommit) {
        return new TendermintSettings(
                newPropose, newPrevote, newPrecommit, maxTimeout, gossipInterval, emptyBlockInterval, partBytes);
    }

    public TendermintSettings withGossipInterval(Duration interval) {
        return new TendermintSettings(propose, prevote, precommit, maxTimeout, interval, emptyBlockInterval, partBytes);
    }

    public TendermintSettings withEmptyBlockInterval(Duration interval) {
        return new TendermintSettings(propose, prevote, precommit, maxTimeout, gossipInterval, interval, partBytes);
    }

    public TendermintSettings withPartBytes(int bytes) {
        return new TendermintSettings(
                propose, prevote, precommit, maxTimeout, gossipInterval, emptyBlockInterval, bytes);
    }
}
