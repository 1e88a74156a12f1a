package dev.parley.testkit.sim;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.crypto.SigningDomain;
import dev.parley.crypto.threshold.IdealThreshold;
import dev.parley.crypto.threshold.KeyDealer;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.check.Oracle;
import dev.parley.testkit.check.StatementSlots;
import dev.parley.testkit.check.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/** All that the simulator must be told of a protocol. Found by {@link ServiceLoader}; immutable. */
public interface ProtocolUnderTest {
    /** For command lines and scenarios, such as {@code hotstuff}. */
    String name();

    /** As correct validators run it, with time-outs that suit the simulated network. */
    ConsensusProtocol protocol();

    /** As it is measured: where {@link #protocol} has odd parameters to reach more of the code, those of a deployment. */
    default ConsensusProtocol measured() {
        return protocol();
    }

    StatementSlots slots(SigningDomain domain);

    /** Properties of this protocol beyond those of all protocols. */
    List<Oracle> oracles(Trial trial);

    /** Those that work on the wire, and this protocol's own. */
    List<Behaviour> behaviours();

    List<PlantedBug> bugs();

    /** Adversaries that aim at this protocol; none unless it has some. */
    default List<Adversary> adversaries() {
        return List.of();
    }

    /** Who deals threshold keys, where the protocol needs them: ideal ones, unless real cryptography is to be tried. */
    default KeyDealer dealer() {
        return (chainId, size, threshold) -> IdealThreshold.deal(size, threshold, chainId.hashCode());
    }

    /** Whether the application is asked about proposals before they are decided: not where nobody can read them before. */
    default boolean checksProposals() {
        return true;
    }

    /**
     * Whether one validator at a time proposes a block. Where all propose parts of each block, none is a leader that could fail, and
     * blocks cost the same one after the other, so that few are enough to measure.
     */
    default boolean hasLeaders() {
        return true;
    }

    /** With how many validators it is measured at most: fewer where messages are so many that more would take hours. */
    default int mostMeasured() {
        return Integer.MAX_VALUE;
    }

    /** What campaigns count and this protocol does not know, so that a zero says nothing. */
    default Set<Counter> foreign() {
        return Set.of();
    }

    /**
     * Within this virtual time, in microseconds, of healing and of each decision every correct validator decides again.
     *
     * @param slowestMicros the longest that a message and the two syncs around it can take
     */
    long progressBound(int validators, long slowestMicros);

    static ProtocolUnderTest named(String name) {
        List<String> known = new ArrayList<>();
        for (ProtocolUnderTest protocol : ServiceLoader.load(ProtocolUnderTest.class)) {
            if (protocol.name().equals(name)) {
                return protocol;
            }
            known.add(protocol.name());
        }
        throw new IllegalArgumentException("no protocol " + name + " to simulate; there are " + known);
    }

    default Behaviour behaviour(String name) {
        for (Behaviour behaviour : behaviours()) {
            if (behaviour.name().equals(name)) {
                return behaviour;
            }
        }
        throw new IllegalArgumentException("no behaviour " + name + "; there are "
                + behaviours().stream().map(Behaviour::name).toList());
    }

    default Adversary adversary(String name) {
        for (Adversary adversary : adversaries()) {
            if (adversary.name().equals(name)) {
                return adversary;
            }
        }
        throw new IllegalArgumentException("no adversary " + name + " of " + name() + "; there are "
                + adversaries().stream().map(Adversary::name).toList());
    }

    default PlantedBug bug(String name) {
        for (PlantedBug bug : bugs()) {
            if (bug.name().equals(name)) {
                return bug;
            }
        }
        throw new IllegalArgumentException("no planted bug " + name + "; there are "
                + bugs().stream().map(PlantedBug::name).toList());
    }
}
