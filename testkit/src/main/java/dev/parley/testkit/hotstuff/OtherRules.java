package dev.parley.testkit.hotstuff;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.hotstuff.HotStuffProtocol;
import dev.parley.hotstuff.HotStuffRules;
import dev.parley.testkit.byzantine.Behaviour;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A behaviour inside the core, where no wrapper reaches: a validator that forgets its lock looks honest in each message. Comes first where
 * behaviours are composed.
 */
record OtherRules(String name, UnaryOperator<HotStuffRules> change) implements Behaviour {
    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        if (!(honest instanceof HotStuffProtocol protocol)) {
            throw new IllegalArgumentException(name + " changes rules of HotStuff; name it before other behaviours");
        }
        return new HotStuffProtocol(protocol.settings(), change.apply(protocol.rules()));
    }
}
