package dev.parley.testkit.sim;

import dev.parley.consensus.ConsensusProtocol;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.check.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One random run: a pure function of protocol, options and seed.
 *
 * <pre>{@code
 * Simulation simulation = new Simulation(ProtocolUnderTest.named("hotstuff"), SimulationOptions.DEFAULTS);
 * RunResult result = simulation.run(42);
 * }</pre>
 */
public final class Simulation {
    /** A run of more events than this makes no progress worth waiting for. */
    private static final long MAX_EVENTS = 3_000_000;
    /** In so many millionths of the runs logs are pruned. */
    private static final int PRUNED = 600_000;

    private final ProtocolUnderTest protocol;
    private final ConsensusProtocol run;
    private final PlantedBug.Shell shell;
    private final SimulationOptions options;

    public Simulation(ProtocolUnderTest protocol, SimulationOptions options) {
        this(protocol, protocol.protocol(), options);
    }

    /** With a bug: correct validators run the broken protocol and are held against the sound one. */
    public Simulation(ProtocolUnderTest protocol, PlantedBug bug) {
        this(protocol, bug.broken(), bug.shell(), bug.conditions());
    }

    Simulation(ProtocolUnderTest protocol, ConsensusProtocol run, SimulationOptions options) {
        this(protocol, run, PlantedBug.Shell.SOUND, options);
    }

    private Simulation(
            ProtocolUnderTest protocol, ConsensusProtocol run, PlantedBug.Shell shell, SimulationOptions options) {
        this.protocol = protocol;
        this.run = run;
        this.shell = shell;
        this.options = options;
    }

    /** What correct validators run: the protocol, or its broken form. */
    ConsensusProtocol runs() {
        return run;
    }

    public SimulationOptions options() {
        return options;
    }

    public RunResult run(long seed) {
        return run(seed, null, Long.MAX_VALUE, null);
    }

    /**
     * Runs a seed twice and compares all that happened.
     *
     * @return null if both runs are the same, else the first event that differs, in words
     */
    public @Nullable String compareTwice(long seed) {
        EventTrace first = new EventTrace();
        EventTrace second = new EventTrace();
        run(seed, first, Long.MAX_VALUE, null);
        run(seed, second, Long.MAX_VALUE, null);
        long event = first.firstDifference(second);
        if (event == 0) {
            return null;
        }
        RunResult stopped = run(seed, null, event, null);
        return "seed " + seed + " differs from itself at event " + event + ", " + stopped.micros()
                + " µs: two runs of one seed must be the same; look for hash order, clocks, threads";
    }

    /** @param listener is told all observations of the run */
    public RunResult run(long seed, SimulatedCluster.Listener listener) {
        return run(seed, null, Long.MAX_VALUE, listener);
    }

    private RunResult run(
            long seed, @Nullable EventTrace trace, long maxEvents, SimulatedCluster.@Nullable Listener listener) {
        RandomStream random = new RandomStream(seed);
        Swarm drawn = Swarm.draw(random.split(20), options.faults());
        Swarm swarm = protocol.checksProposals() ? drawn : drawn.withoutApplicationChecks();
        Optional<Adversary> adversary = options.adversary().map(protocol::adversary);
        Map<Integer, List<String>> names =
                adversary.map(Adversary::byzantine).orElseGet(() -> byzantine(swarm, random.split(21)));
        Map<Integer, List<Behaviour>> behaviours = new TreeMap<>();
        names.forEach((validator, chosen) -> {
            List<Behaviour> composed = new ArrayList<>();
            chosen.forEach(name -> composed.add(protocol.behaviour(name)));
            behaviours.put(validator, composed);
        });
        SimulatedCluster cluster =
                new SimulatedCluster(protocol, run, options.validators(), behaviours, swarm, random.split(22));
        if (shell == PlantedBug.Shell.SIGNS_AT_ONCE) {
            cluster.signAtOnce();
        }
        if (listener != null) {
            cluster.listen(listener);
        }
        RandomStream pruning = random.split(24);
        if (pruning.chance(PRUNED) && options.faults().contains(Fault.PRUNING)) {
            // Not more often: peers keep two snapshots, and one must outlive its fetch over the slowest networks.
            cluster.prune(pruning.between(4, 8), pruning.between(0, 1));
        }
        adversary.ifPresent(each -> cluster.schedule(each.scheduler().apply(cluster)));
        long bound = protocol.progressBound(options.validators(), slowest(swarm));
        Faults faults = new Faults(cluster, swarm, options.mayFail(), bound, random.split(23));
        cluster.follow(faults);
        long mostBlocks = options.blocks() * 4L / 5;
        RunResult.Failure failure = null;
        try {
            while (cluster.events() < maxEvents
                    && !(faults.isHealed()
                            && cluster.highestHeight() >= options.blocks()
                            && cluster.lowestHeight() >= options.blocks()
                            && !cluster.isAnyRecovering())) {
                cluster.step();
                if (trace != null) {
                    trace.add(cluster.hash());
                }
                if (cluster.highestHeight() >= mostBlocks) {
                    faults.heal();
                }
                if (cluster.events() > MAX_EVENTS) {
                    throw new Violation("progress", "after " + MAX_EVENTS + " events: " + cluster.reports());
                }
            }
        } catch (Violation violation) {
            failure = new RunResult.Failure(
                    cluster.events(), cluster.now(), violation.oracle(), String.valueOf(violation.getMessage()));
        }
        return new RunResult(
                seed, swarm, names, cluster.events(), cluster.now(), cluster.hash(), cluster.counters(), failure);
    }

    private static long slowest(Swarm swarm) {
        return swarm.minDelay() + swarm.spread() + swarm.syncDelay() / 5;
    }

    private Map<Integer, List<String>> byzantine(Swarm swarm, RandomStream random) {
        if (!options.byzantine().isEmpty() || !swarm.byzantine()) {
            return new TreeMap<>(options.byzantine());
        }
        List<String> pool = options.drawn().isEmpty()
                ? protocol.behaviours().stream().map(Behaviour::name).toList()
                : options.drawn();
        Map<Integer, List<String>> drawn = new TreeMap<>();
        int count = 1 + random.nextInt(options.mayFail());
        while (drawn.size() < count) {
            drawn.put(random.nextInt(options.validators()), List.of(pool.get(random.nextInt(pool.size()))));
        }
        return drawn;
    }
}
