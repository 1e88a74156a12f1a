package dev.parley.validator;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * What the engine can be told. Part {@code parley.validator} of the configuration.
 *
 * @param statusInterval how often a validator tells one peer, in turn, how far it is
 * @param fetchTimeout how long a peer may take to answer a request for blocks
 * @param setAside how long a peer that did not, or answered falsely, is not asked again
 * @param stallAfter how long commands may wait without a decision before the validator reports why
 * @param maxSnapshotBytes no larger snapshot is fetched
 * @param catchUpBytesPerSecond of blocks that are fetched, at the most; 0 for no bound
 */
public record EngineSettings(
        Duration statusInterval,
        Duration fetchTimeout,
        Duration setAside,
        Duration stallAfter,
        long maxSnapshotBytes,
        long catchUpBytesPerSecond) {
    private static final String CATCH_UP_RATE = "parley.validator.catch-up-bytes-per-second";

    public static final EngineSettings DEFAULTS = new EngineSettings(
            Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(10), 1L << 30, 0);

    public EngineSettings {
        if (catchUpBytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    CATCH_UP_RATE + " is 0 (no bound) or more, not " + catchUpBytesPerSecond + " bytes");
        }
    }

    public static EngineSettings of(Config config) {
        Config validator = config.getConfig("parley.validator");
        return new EngineSettings(
                validator.getDuration("status-interval"),
                validator.getDuration("fetch-timeout"),
                validator.getDuration("set-aside"),
                validator.getDuration("stall-after"),
                validator.getBytes("max-snapshot-bytes"),
                // By its whole name, by which it is refused if it is negative.
                config.getBytes(CATCH_UP_RATE));
    }
}
