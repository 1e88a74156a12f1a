package dev.parley.honeybadger;

import com.typesafe.config.Config;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusProtocolProvider;

/** Makes HoneyBadgerBFT from {@code parley.consensus.honeybadger}. */
public final class HoneyBadgerProvider implements ConsensusProtocolProvider {
    @Override
    public String name() {
        return HoneyBadgerProtocol.NAME;
    }

    @Override
    public ConsensusProtocol create(Config config) {
        return new HoneyBadgerProtocol(HoneyBadgerSettings.from(config));
    }
}
