package dev.parley.testkit.byzantine;

import dev.parley.consensus.ConsensusProtocol;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Several behaviours at once, under one name.
 *
 * @param parts the innermost first
 */
public record Composed(String name, List<Behaviour> parts) implements Behaviour {
    public Composed {
        parts = List.copyOf(parts);
    }

    @Override
    public ConsensusProtocol corrupt(ConsensusProtocol honest, RandomGenerator random) {
        ConsensusProtocol corrupted = honest;
        for (Behaviour part : parts) {
            corrupted = part.corrupt(corrupted, random);
        }
        return corrupted;
    }
}
