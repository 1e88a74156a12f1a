package dev.parley.testkit.cluster;

import java.util.Locale;
import java.util.Optional;

/** Where a cluster of a test lives. */
public enum World {
    /** Virtual time, a seed, all oracles: thousands of heights a second, and each run can be had again. */
    SIMULATOR,
    /** The actors of production in the test's own JVM, joined by a local network, storage in memory. */
    ONE_JVM,
    /** A JVM for each validator, on disk, joined by sockets on loopback. */
    PROCESSES;

    /** As in the system property {@code parley.test.worlds}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Why there is no such thing here; empty if there is. */
    Optional<String> lacks(Capability capability) {
        return Optional.ofNullable(
                switch (this) {
                    case SIMULATOR ->
                        switch (capability) {
                            case REAL_TIME -> "time is virtual in the simulator";
                            case REAL_DISK -> "disks are simulated, too";
                            default -> null;
                        };
                    case ONE_JVM -> null;
                    case PROCESSES ->
                        switch (capability) {
                            case POWER_LOSS -> "a process that is killed loses nothing that the kernel holds";
                            default -> null;
                        };
                });
    }
}
