package dev.parley.testkit.check;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.ConsensusSetup;
import java.util.function.IntPredicate;

/**
 * What an oracle knows of the run that it watches.
 *
 * @param protocol as correct validators should run it, with no bug planted
 * @param setup as any correct validator has it; for public questions only
 * @param faulty the validators that are free to do anything, by index; one may become so while the run goes on
 */
public record Trial(ConsensusProtocol protocol, ConsensusSetup setup, IntPredicate faulty) {
    public int validators() {
        return setup.validators().size();
    }

    public boolean isFaulty(int validator) {
        return faulty.test(validator);
    }
}
