package dev.parley.testkit.contract;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.parley.LocalCluster;
import dev.parley.consensus.ConsensusProtocol;

/**
 * A protocol as a user's configuration asks for it.
 *
 * @param name as in {@code parley.consensus.protocol}
 * @param settings HOCON that goes before the defaults, perhaps empty
 */
record ProtocolByName(String name, String settings) {
    Config config() {
        return ConfigFactory.parseString("parley.consensus.protocol = \"" + name + "\"")
                .withFallback(ConfigFactory.parseString(settings))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    ConsensusProtocol create() {
        return LocalCluster.protocol(config());
    }
}
