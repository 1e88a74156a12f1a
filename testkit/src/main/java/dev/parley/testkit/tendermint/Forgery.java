package dev.parley.testkit.tendermint;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.tendermint.TendermintProtocol;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Mischief;
import dev.parley.testkit.byzantine.WireBehaviour;
import dev.parley.testkit.byzantine.WithOtherCores;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A behaviour that makes messages of Tendermint.
 *
 * @param maker makes what is done for each core
 */
record Forgery(String name, Function<Means, Mischief> maker) implements Behaviour {
    /**
     * What a forger works with.
     *
     * @param partBytes as the others have it, or its blocks would be no blocks to them
     */
    record Means(ConsensusSetup setup, RandomGenerator random, int partBytes) {}

    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        if (!(WithOtherCores.innermost(honest) instanceof TendermintProtocol protocol)) {
            throw new IllegalArgumentException(name + " forges messages of Tendermint, not of " + honest.name());
        }
        int partBytes = protocol.settings().partBytes();
        return new WireBehaviour(name, (setup, chance) -> maker.apply(new Means(setup, chance, partBytes)))
                .corrupt(honest, random);
    }
}
