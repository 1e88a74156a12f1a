package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageCodec;
import dev.parley.consensus.MessageVerifier;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A behaviour between an honest core and the world: it sees what goes in, and drops, adds and rewrites what comes out.
 *
 * @param mischief makes what is done for each core
 */
public record WireBehaviour(String name, Mischief.Factory mischief) implements Behaviour {
    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        return new Corrupted(honest, mischief, random);
    }

    private record Corrupted(ConsensusProtocol honest, Mischief.Factory mischief, RandomGenerator random)
            implements ConsensusProtocol {
        @Override
        public String name() {
            return honest.name();
        }

        @Override
        public ConsensusCore createCore(ConsensusSetup setup) {
            return new CorruptedCore(honest.createCore(setup), mischief.begin(setup, random));
        }

        @Override
        public MessageVerifier createVerifier(ConsensusSetup setup) {
            return honest.createVerifier(setup);
        }

        @Override
        public MessageCodec createCodec(ConsensusSetup setup) {
            return honest.createCodec(setup);
        }

        @Override
        public @Nullable String refuteDecision(ConsensusSetup setup, DecidedBlock block) {
            return honest.refuteDecision(setup, block);
        }

        @Override
        public boolean convicts(ConsensusSetup setup, Evidence evidence) {
            return honest.convicts(setup, evidence);
        }
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
