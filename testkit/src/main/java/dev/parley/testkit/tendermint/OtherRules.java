package dev.parley.testkit.tendermint;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.tendermint.TendermintProtocol;
import dev.parley.tendermint.TendermintRules;
import dev.parley.testkit.byzantine.Behaviour;
import java.util.random.RandomGenerator;

/**
 * A behaviour inside the core, where no wrapper reaches: a validator that forgets its lock looks honest in each message. Comes first where
 * behaviours are composed.
 *
 * @param rules instead of the honest ones
 */
record OtherRules(String name, TendermintRules rules) implements Behaviour {
    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        if (!(honest instanceof TendermintProtocol protocol)) {
            throw new IllegalArgumentException(name + " changes rules of Tendermint; name it before other behaviours");
        }
        return new TendermintProtocol(protocol.settings(), rules);
    }
}
