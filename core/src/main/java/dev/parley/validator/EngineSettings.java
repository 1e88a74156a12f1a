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
 * @param snapshotInPlaceOfBytes a snapshot is fetched in place of so many bytes of blocks or more, though peers still have them; 0 for never
 * @param catchUpBytesPerSecond of blocks that are fetched, at the most; 0 for no bound
 */
public record EngineSettings(
        Duration statusInterval,
        Duration fetchTimeout,
        Duration setAside,
        Duration stallAfter,
        long maxSnapshotBytes,
        long snapshotInPlaceOfBytes,
        long catchUpBytesPerSecond) {
    public static final EngineSettings DEFAULTS = new EngineSettings(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            1L << 30,
            8 << 20,
            0);

    public static EngineSettings of(Config config) {
        Config validator = config.getConfig("parley.validator");
        return new EngineSettings(
                validator.getDuration("status-interval"),
                validator.getDuration("fetch-timeout"),
                validator.getDuration("set-aside"),
                validator.getDuration("stall-after"),
                validator.getBytes("max-snapshot-bytes"),
                validator.getBytes("snapshot-in-place-of-bytes"),
                validator.getBytes("catch-up-bytes-per-second"));
    }
}
