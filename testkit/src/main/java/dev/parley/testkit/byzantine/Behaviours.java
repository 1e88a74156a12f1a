package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** The behaviours that every protocol is tried with. */
public final class Behaviours {
    private Behaviours() {}

    /** Those that need to know no protocol. */
    public static List<Behaviour> ofAnyProtocol() {
        List<Behaviour> all = new ArrayList<>(WireBehaviours.all());
        all.add(new Garbler());
        all.add(new Twin());
        all.addAll(PayloadBehaviours.all());
        return all;
    }

    /** One behaviour around the other, the first innermost, each with a stream of chance of its own: for a validator of a live cluster. */
    public static UnaryOperator<ConsensusProtocol> composed(List<Behaviour> behaviours, long seed) {
        return honest -> {
            SplittableRandom random = new SplittableRandom(seed);
            ConsensusProtocol corrupted = honest;
            for (Behaviour behaviour : behaviours) {
                corrupted = behaviour.corrupt(corrupted, random.split());
            }
            return corrupted;
        };
    }
}
