package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusProtocol;
import java.util.random.RandomGenerator;

/** A way to be faulty. Immutable. */
public interface Behaviour {
    /** For command lines and scenarios, such as {@code equivocating-leader}. */
    String name();

    /**
     * @param honest the protocol, or one that another behaviour has corrupted already
     * @param random decides what is left to chance; used by cores of the corrupted protocol alone
     * @return a protocol whose cores misbehave
     */
    ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random);
}
