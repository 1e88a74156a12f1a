package dev.parley.testkit.honeybadger;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.honeybadger.HoneyBadgerProtocol;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Mischief;
import dev.parley.testkit.byzantine.WireBehaviour;
import dev.parley.testkit.byzantine.WithOtherCores;
import java.util.random.RandomGenerator;

/**
 * A behaviour that makes messages of HoneyBadgerBFT.
 *
 * @param maker makes what is done for each core
 */
record Forgery(String name, Mischief.Factory maker) implements Behaviour {
    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        if (!(WithOtherCores.innermost(honest) instanceof HoneyBadgerProtocol)) {
            throw new IllegalArgumentException(name + " forges messages of HoneyBadgerBFT, not of " + honest.name());
        }
        return new WireBehaviour(name, maker).corrupt(honest, random);
    }
}
