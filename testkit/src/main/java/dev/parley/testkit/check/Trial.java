package dev.parley.testkit.check;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;

/**
 * What an oracle knows of the run that it watches.
 *
 * @param protocol as correct validators should run it, with no bug planted
 * @param setup as any correct validator has it; for public questions only
 * @param faulty bit by bit, the validators that are free to do anything
 */
public record Trial(ConsensusProtocol protocol, ConsensusSetup setup, long faulty) {
    public int validators() {
        return setup.validators().size();
    }

    public boolean isFaulty(int validator) {
        return ((faulty >>> validator) & 1) != 0;
    }
}
