package dev.parley.testkit.sim;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.crypto.SigningDomain;
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
