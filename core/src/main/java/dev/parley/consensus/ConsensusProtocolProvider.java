package dev.parley.consensus;

import com.typesafe.config.Config;

/** Found by {@link java.util.ServiceLoader}: makes one protocol from configuration. */
public interface ConsensusProtocolProvider {
    /** As in {@code parley.consensus.protocol}. */
    String name();

    /**
     * @param config the whole configuration; a protocol reads its own part, {@code parley.consensus.<name>}
     * @throws com.typesafe.config.ConfigException that names the setting, its value and what it may be
     */
    ConsensusProtocol create(Config config);
}
