package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A behaviour between an honest core and the world: it sees what goes in, and drops, adds and rewrites what comes out.
 *
 * @param mischief makes what is done for each core
 */
public record WireBehaviour(String name, Mischief.Factory mischief) implements Behaviour {
    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        return new WithOtherCores(
                honest, setup -> new CorruptedCore(honest.createCore(setup), mischief.begin(setup, random)));
    }

    private record CorruptedCore(ConsensusCore honest, Mischief mischief) implements ConsensusCore {
        @Override
        public List<Effect> handle(Input input) {
            Input heard = mischief.hear(input);
            return mischief.act(heard, honest.handle(heard));
        }

        @Override
        public CoreReport report() {
            return honest.report();
        }
    }
}
