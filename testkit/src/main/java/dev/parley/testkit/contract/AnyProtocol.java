package dev.parley.testkit.contract;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.crypto.SigningDomain;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Behaviours;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.StatementSlots;
import dev.parley.testkit.check.Trial;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.time.Duration;
import java.util.List;

/**
 * What the simulator needs to know of a protocol of which nothing else is known: the properties of all protocols, and a patient bound.
 *
 * @param checksProposals whether the application is asked about proposals before they are decided
 */
record AnyProtocol(ConsensusProtocol protocol, boolean checksProposals) implements ProtocolUnderTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Override
    public String name() {
        return protocol.name();
    }

    @Override
    public StatementSlots slots(SigningDomain domain) {
        return statement -> StatementSlots.NONE;
    }

    @Override
    public List<Oracle> oracles(Trial trial) {
        return List.of();
    }

    @Override
    public List<Behaviour> behaviours() {
        return Behaviours.ofAnyProtocol();
    }

    @Override
    public List<PlantedBug> bugs() {
        return List.of();
    }

    @Override
    public long progressBound(int validators, long slowestMicros) {
        return PATIENCE.toNanos() / 1000;
    }
}
