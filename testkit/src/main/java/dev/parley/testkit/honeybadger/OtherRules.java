package dev.parley.testkit.honeybadger;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.honeybadger.HoneyBadgerProtocol;
import dev.parley.honeybadger.HoneyBadgerRules;
import dev.parley.testkit.byzantine.Behaviour;
import java.util.random.RandomGenerator;

/**
 * A behaviour inside the core, where no wrapper reaches. Comes first where behaviours are composed.
 *
 * @param rules instead of the honest ones
 */
record OtherRules(String name, HoneyBadgerRules rules) implements Behaviour {
    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        if (!(honest instanceof HoneyBadgerProtocol protocol)) {
            throw new IllegalArgumentException(
                    name + " changes rules of HoneyBadgerBFT; name it before other behaviours");
        }
        return new HoneyBadgerProtocol(protocol.settings(), rules);
    }
}
