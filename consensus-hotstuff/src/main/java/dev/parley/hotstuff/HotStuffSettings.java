package dev.parley.hotstuff;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;

/**
 * The parameters of HotStuff, the same at all validators but for the durations. Immutable.
 *
 * @param variant how blocks are decided
 * @param election who leads
 * @param viewsPerLeader how many views in a row a leader keeps, 1 or more
 * @param baseTimeout how long a view may take at first, 1 ms or more
 * @param maxTimeout how long it may take at most, no less than the base
 * @param fetchTimeout after how long a missing block is asked of another peer, 1 ms or more
 */
public record HotStuffSettings(
        Variant variant,
        Election election,
        int viewsPerLeader,
        Duration baseTimeout,
        Duration maxTimeout,
        Duration fetchTimeout) {
    /** {@code two-chain} and {@code three-chain}. */
    public enum Variant {
        TWO_CHAIN,
        THREE_CHAIN
    }

    /** {@code skip-failed} and {@code round-robin}. */
    public enum Election {
        SKIP_FAILED,
        ROUND_ROBIN
    }

    private static final int LEAST_VIEWS_FOR_THREE_CHAIN = 4;

    public static final HotStuffSettings DEFAULTS = new HotStuffSettings(
            Variant.TWO_CHAIN,
            Election.SKIP_FAILED,
            1,
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofMillis(500));

    public HotStuffSettings {
        if (viewsPerLeader < 1) {
            throw new IllegalArgumentException("views-per-leader is 1 or more, not " + viewsPerLeader);
        }
        if (baseTimeout.toMillis() < 1 || maxTimeout.compareTo(baseTimeout) < 0 || fetchTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "time-outs are 1 ms or more and max-timeout is no less than base-timeout,"
                            + " not base-timeout = " + baseTimeout + ", max-timeout = " + maxTimeout
                            + ", fetch-timeout = "
                            + fetchTimeout);
        }
    }

    /**
     * @param config the whole configuration, of which {@code parley.consensus.hotstuff} is read
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static HotStuffSettings from(Config config) {
        Config own = config.getConfig("parley.consensus.hotstuff");
        Variant variant = switch (own.getString("variant")) {
            case "two-chain" -> Variant.TWO_CHAIN;
            case "three-chain" -> Variant.THREE_CHAIN;
            default -> throw refused(own, "variant", "two-chain or three-chain");
        };
        try {
            return new HotStuffSettings(
                    variant,
                    switch (own.getString("leader-election")) {
                        case "skip-failed" -> Election.SKIP_FAILED;
                        case "round-robin" -> Election.ROUND_ROBIN;
                        default -> throw refused(own, "leader-election", "skip-failed or round-robin");
                    },
                    viewsPerLeader(own, variant),
                    own.getDuration("base-timeout"),
                    own.getDuration("max-timeout"),
                    own.getDuration("fetch-timeout"));
        } catch (IllegalArgumentException e) {
            throw new ConfigException.Generic("parley.consensus.hotstuff: " + e.getMessage(), e);
        }
    }

    /** A three-chain leader must be able to show by itself what it had decided: three views and one to publish the last QC. */
    private static int viewsPerLeader(Config own, Variant variant) {
        int least = variant == Variant.THREE_CHAIN ? LEAST_VIEWS_FOR_THREE_CHAIN : 1;
        if (own.getString("views-per-leader").equals("auto")) {
            return least;
        }
        int views = own.getInt("views-per-leader");
        if (views < least) {
            throw refused(
                    own,
                    "views-per-leader",
                    "auto or " + least + " or more: with fewer, one silent validator of four can stop "
                            + own.getString("variant") + " for ever (arXiv 2205.11652)");
        }
        return views;
    }

    public HotStuffSettings withVariant(Variant other) {
        return new HotStuffSettings(other, election, viewsPerLeader, baseTimeout, maxTimeout, fetchTimeout);
    }

    public HotStuffSettings withElection(Election other, int views) {
        return new HotStuffSettings(variant, other, views, baseTimeout, maxTimeout, fetchTimeout);
    }

    public HotStuffSettings withTimeouts(Duration base, Duration max, Duration fetch) {
        return new HotStuffSettings(variant, election, viewsPerLeader, base, max, fetch);
    }

    private static ConfigException refused(Config config, String setting, String allowed) {
        return new ConfigException.BadValue(
                config.origin(),
                "parley.consensus.hotstuff." + setting,
                "\"" + config.getString(setting) + "\" is not " + allowed);
    }
}
