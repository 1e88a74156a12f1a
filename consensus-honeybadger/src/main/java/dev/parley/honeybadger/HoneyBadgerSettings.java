package dev.parley.honeybadger;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;

/**
 * The parameters of HoneyBadgerBFT; {@code maxProposalBytes} must be the same at all validators. Immutable.
 *
 * @param batch the largest B: each validator proposes ⌈B/n⌉ of the first B commands of its pool, 1 to a million; B follows the load
 * @param maxProposalBytes the largest ciphertext that is broadcast, 1 KiB to 32 MiB
 */
public record HoneyBadgerSettings(int batch, int maxProposalBytes) {
    static final int MAX_BATCH = 1_000_000;
    static final int MIN_PROPOSAL_BYTES = 1 << 10;
    static final int MAX_PROPOSAL_BYTES = 32 << 20;
    /** For what is in a proposal besides commands: headers, evidence, and what encryption adds. */
    static final int PROPOSAL_OVERHEAD = 64 << 10;

    public static final HoneyBadgerSettings DEFAULTS = new HoneyBadgerSettings(8192, 4 << 20);

    /** @throws IllegalArgumentException that says which parameter is out of its bounds, and what these are */
    public HoneyBadgerSettings {
        if (batch < 1 || batch > MAX_BATCH) {
            throw new IllegalArgumentException("batch is 1 to " + MAX_BATCH + ", not " + batch);
        }
        if (maxProposalBytes < MIN_PROPOSAL_BYTES || maxProposalBytes > MAX_PROPOSAL_BYTES) {
            throw new IllegalArgumentException("max-proposal-bytes is " + MIN_PROPOSAL_BYTES + " to "
                    + MAX_PROPOSAL_BYTES + ", not " + maxProposalBytes);
        }
    }

    /**
     * @param config the whole configuration, of which {@code parley.consensus.honeybadger} is read
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static HoneyBadgerSettings from(Config config) {
        Config own = config.getConfig("parley.consensus.honeybadger");
        long bytes = own.getBytes("max-proposal-bytes");
        long command = config.getBytes("parley.mempool.max-command-bytes");
        if (command + PROPOSAL_OVERHEAD > bytes) {
            throw new ConfigException.BadValue(
                    own.origin(),
                    "parley.consensus.honeybadger.max-proposal-bytes",
                    bytes + " bytes hold no command of parley.mempool.max-command-bytes, " + command
                            + "; it must be larger by " + PROPOSAL_OVERHEAD);
        }
        try {
            return new HoneyBadgerSettings(
                    own.getInt("batch"), Math.clamp(bytes, Integer.MIN_VALUE, Integer.MAX_VALUE));
        } catch (IllegalArgumentException e) {
            throw new ConfigException.Generic("parley.consensus.honeybadger: " + e.getMessage(), e);
        }
    }
}
