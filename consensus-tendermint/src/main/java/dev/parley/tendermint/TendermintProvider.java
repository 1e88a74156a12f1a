package dev.parley.tendermint;

import com.typesafe.config.Config;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusProtocolProvider;

/** Makes Tendermint from {@code parley.consensus.tendermint}. */
public final class TendermintProvider implements ConsensusProtocolProvider {
    @Override
    public String name() {
        return TendermintProtocol.NAME;
    }

    @Override
    public ConsensusProtocol create(Config config) {
        return new TendermintProtocol(TendermintSettings.from(config));
    }
}
