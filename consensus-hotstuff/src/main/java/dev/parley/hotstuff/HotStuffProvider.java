package dev.parley.hotstuff;

import com.typesafe.config.Config;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusProtocolProvider;

/** Makes HotStuff from {@code parley.consensus.hotstuff}. */
public final class HotStuffProvider implements ConsensusProtocolProvider {
    @Override
    public String name() {
        return HotStuffProtocol.NAME;
    }

    @Override
    public ConsensusProtocol create(Config config) {
        return new HotStuffProtocol(HotStuffSettings.from(config));
    }
}
