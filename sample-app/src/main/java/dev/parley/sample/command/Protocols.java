package dev.parley.sample.command;

import dev.parley.consensus.ConsensusProtocolProvider;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.WireBehaviours;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the command line can name: the protocols on the class path and the ways to break them. */
final class Protocols {
    private Protocols() {}

    static SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        ServiceLoader.load(ConsensusProtocolProvider.class).forEach(provider -> names.add(provider.name()));
        return names;
    }

    /** @throws UsageException that lists what there is, if there is no such protocol */
    static void require(String protocol) {
        SortedSet<String> known = names();
        if (!known.contains(protocol)) {
            throw new UsageException("there is no protocol '" + protocol + "'; there is " + String.join(", ", known));
        }
    }

    /** What the simulator can run: protocols, some of them in several variants. */
    static SortedSet<String> simulated() {
        SortedSet<String> names = new TreeSet<>();
        ServiceLoader.load(ProtocolUnderTest.class).forEach(known -> names.add(known.name()));
        return names;
    }

    /** What the test kit knows of a protocol, if it does. */
    static Optional<ProtocolUnderTest> underTest(String protocol) {
        return ServiceLoader.load(ProtocolUnderTest.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(known -> known.name().equals(protocol))
                .findFirst();
    }

    /** A protocol that the test kit does not know can be broken on the wire alone. */
    static List<Behaviour> behaviours(String protocol) {
        return underTest(protocol).map(ProtocolUnderTest::behaviours).orElseGet(WireBehaviours::all);
    }

    /** @throws UsageException that lists what there is */
    static Behaviour behaviour(String protocol, String name) {
        List<Behaviour> known = behaviours(protocol);
        return known.stream()
                .filter(behaviour -> behaviour.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("there is no behaviour '" + name + "' for " + protocol
                        + "; there is "
                        + String.join(
                                ", ",
                                known.stream().map(Behaviour::name).sorted().toList())));
    }
}
