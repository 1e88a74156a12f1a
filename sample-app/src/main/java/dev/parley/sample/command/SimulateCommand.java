package dev.parley.sample.command;

import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.scenario.Scenario;
import dev.parley.testkit.sim.Adversary;
import dev.parley.testkit.sim.Campaign;
import dev.parley.testkit.sim.Fault;
import dev.parley.testkit.sim.PlantedBug;
import dev.parley.testkit.sim.ProtocolUnderTest;
import dev.parley.testkit.sim.RunResult;
import dev.parley.testkit.sim.SimulationOptions;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Many simulated runs under all faults. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs a protocol in the deterministic simulator, one run for each seed, under faults and Byzantine validators",
            "that the seed draws, and holds every run against what must always be true.",
            "Ends with 1 at a violation, and says how to run its seed again."
        })
final class SimulateCommand implements Callable<Integer> {
    private static final SeedRange DEFAULT_SEEDS = new SeedRange(1, 100);
    private static final int BAR = 30;

    private final Screen screen;

    @Mixin
    private final ClusterOptions options = new ClusterOptions(Protocols::simulated);

    @Option(
            names = "--seeds",
            paramLabel = "A..B",
            description = "The seeds from A to B: 1..100, or with --bug as many as it is to be caught within.")
    private @Nullable String seeds;

    @Option(names = "--seed", paramLabel = "S", description = "One seed.")
    private @Nullable Long seed;

    @Option(
            names = "--blocks",
            paramLabel = "K",
            defaultValue = "50",
            description = "How many blocks each run decides: ${DEFAULT-VALUE}.")
    private int blocks = 50;

    @Option(
            names = "--faults",
            paramLabel = "NAME,...",
            split = ",",
            description = "Only these faults may happen, or none; all unless given. See --list.")
    private @Nullable List<String> faults;

    @Option(
            names = "--bug",
            paramLabel = "NAME",
            description = "Plants a bug, which brings its own conditions and should be caught. See --list.")
    private @Nullable String bug;

    @Option(
            names = "--adversary",
            paramLabel = "NAME",
            description = "Who has the network, and some validators of its own. See --list.")
    private @Nullable String adversary;

    @Option(
            names = "--scenario",
            paramLabel = "NAME|FILE",
            description = "Plays a scenario and prints what happens; ends with 1 if it is not what is kept beside it.")
    private @Nullable String scenario;

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "How many threads: one for each processor unless given.")
    private @Nullable Integer threads;

    @Option(names = "--list", description = "List the scenarios, behaviours, bugs and faults that can be named.")
    private boolean list;

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean json;

    SimulateCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.requireSound();
        ProtocolUnderTest protocol = Protocols.underTest(options.protocol())
                .orElseThrow(
                        () -> new UsageException("the test kit does not know how to simulate " + options.protocol()));
        if (list) {
            list(protocol);
            return 0;
        }
        if (scenario != null) {
            return play(scenario, protocol);
        }
        Map<Integer, List<Behaviour>> byzantine = options.behaviours();
        if (blocks < 1) {
            throw new UsageException("--blocks is 1 or more, not " + blocks);
        }
        int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        if (workers < 1 || workers > 1024) {
            throw new UsageException("--threads is 1 to 1024, not " + workers);
        }
        SimulationOptions asked = new SimulationOptions(
                options.validators(),
                blocks,
                faults(),
                ClusterOptions.names(byzantine),
                List.of(),
                Optional.ofNullable(adversary));
        requireFit(protocol);
        PlantedBug planted = bug == null ? null : bug(protocol, bug);
        SeedRange range = range(planted);
        ParallelCampaign campaign = new ParallelCampaign(
                range,
                (first, count) -> planted == null
                        ? Campaign.run(protocol, asked, first, count, (runs, events) -> {})
                        : Campaign.hunt(protocol, planted, first, count));
        long begin = System.nanoTime();
        ParallelCampaign.Result result =
                campaign.run((int) Math.min(workers, range.size()), () -> progress(campaign, range, begin));
        screen.progress("");
        double took = (System.nanoTime() - begin) / 1e9;
        screen.line(json ? asJson(result, took) : asText(result, took));
        return result.failed() == null ? 0 : ExitCode.FAILED;
    }

    private int play(String name, ProtocolUnderTest protocol) {
        Scenario chosen = scenario(name);
        String transcript = chosen.play(protocol);
        screen.line(transcript.stripTrailing());
        boolean same = chosen.kept(protocol).map(transcript::equals).orElse(true);
        if (!same) {
            screen.line(screen.paint("✗ not the transcript that is kept beside the scenario", Screen.Style.RED));
        }
        return same ? 0 : ExitCode.FAILED;
    }

    private static Scenario scenario(String name) {
        if (Scenario.names().contains(name)) {
            return Scenario.named(name);
        }
        try {
            return Scenario.read(Path.of(name));
        } catch (IOException | InvalidPathException e) {
            throw new UsageException(
                    "there is no scenario and no file '" + name + "'; there is " + String.join(", ", Scenario.names()));
        }
    }

    private SeedRange range(@Nullable PlantedBug planted) {
        if (seed != null && seeds != null) {
            throw new UsageException("give --seed or --seeds, not both");
        }
        if (seed != null) {
            return new SeedRange(seed, seed);
        }
        if (seeds != null) {
            return SeedRange.parse(seeds);
        }
        return planted == null ? DEFAULT_SEEDS : new SeedRange(1, planted.maxSeeds());
    }

    private void requireFit(ProtocolUnderTest protocol) {
        if (adversary == null) {
            return;
        }
        List<String> known =
                protocol.adversaries().stream().map(Adversary::name).toList();
        if (!known.contains(adversary)) {
            throw new UsageException("there is no adversary '" + adversary + "' of " + protocol.name() + "; there is "
                    + (known.isEmpty() ? "none" : String.join(", ", known)));
        }
        if (!options.behaviours().isEmpty()) {
            throw new UsageException("--adversary has Byzantine validators of its own; give no --byzantine");
        }
        if (options.validators() != 4) {
            throw new UsageException("--adversary plays with 4 validators, not " + options.validators());
        }
    }

    private static PlantedBug bug(ProtocolUnderTest protocol, String name) {
        return protocol.bugs().stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("there is no bug '" + name + "' for " + protocol.name()
                        + "; there is "
                        + String.join(
                                ", ",
                                protocol.bugs().stream().map(PlantedBug::name).toList())));
    }

    private Set<Fault> faults() {
        if (faults == null) {
            return EnumSet.allOf(Fault.class);
        }
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        if (faults.equals(List.of("none"))) {
            return chosen;
        }
        for (String name : faults) {
            chosen.add(Arrays.stream(Fault.values())
                    .filter(fault -> name(fault).equals(name.replace('-', '_')))
                    .findFirst()
                    .orElseThrow(() ->
                            new UsageException("there is no fault '" + name + "'; there is none, " + faultNames())));
        }
        return chosen;
    }

    private void list(ProtocolUnderTest protocol) {
        screen.line("protocols   " + String.join(", ", Protocols.simulated()));
        screen.line("scenarios   " + String.join(", ", Scenario.names()));
        screen.line("behaviours  "
                + String.join(
                        ", ",
                        protocol.behaviours().stream().map(Behaviour::name).toList()));
        screen.line("adversaries "
                + protocol.adversaries().stream().map(Adversary::name).collect(Collectors.joining(", ")));
        screen.line("faults      " + faultNames());
        screen.line("bugs");
        for (PlantedBug planted : protocol.bugs()) {
            screen.line(String.format(
                    "  %-28s %s (caught within %d seeds)", planted.name(), planted.what(), planted.maxSeeds()));
        }
    }

    private void progress(ParallelCampaign campaign, SeedRange range, long begin) {
        long done = campaign.runs();
        int filled = (int) (BAR * done / range.size());
        double took = (System.nanoTime() - begin) / 1e9;
        screen.progress(String.format(
                Locale.ROOT,
                "%s%s %,d of %,d runs, %,.0f runs/s, %,.0f events/s",
                "█".repeat(filled),
                "░".repeat(BAR - filled),
                done,
                range.size(),
                done / took,
                campaign.events() / took));
    }

    private String asText(ParallelCampaign.Result result, double took) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%,d runs of %s, %,d events in %.1f s: %,.0f runs/s, %,.0f events/s, hash %016x%n",
                result.runs(),
                options.protocol(),
                result.events(),
                took,
                result.runs() / took,
                result.events() / took,
                result.hash()));
        List<String> happened = new ArrayList<>();
        result.counters()
                .forEach((counter, count) -> happened.add(String.format(
                        Locale.ROOT, "%,d %s", count, name(counter).replace('_', ' '))));
        text.append(String.join(", ", happened)).append(System.lineSeparator());
        Campaign.Result failed = result.failed();
        RunResult run = failed == null ? null : failed.firstViolation();
        RunResult.Failure failure = run == null ? null : run.failure();
        if (failed == null || run == null || failure == null) {
            return text.append(screen.paint("✓ no violation", Screen.Style.GREEN))
                    .toString();
        }
        return text.append(screen.paint(
                        String.format(
                                Locale.ROOT,
                                "✗ violation in seed %d at event %d (%,d µs): %s",
                                run.seed(),
                                failure.event(),
                                failure.micros(),
                                failure.what()),
                        Screen.Style.RED))
                .append(System.lineSeparator())
                .append("again: ")
                .append(failed.replay())
                .toString();
    }

    private String asJson(ParallelCampaign.Result result, double took) {
        String counters = result.counters().entrySet().stream()
                .map(entry -> Json.quoted(name(entry.getKey())) + ":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        Campaign.Result failed = result.failed();
        RunResult run = failed == null ? null : failed.firstViolation();
        RunResult.Failure failure = run == null ? null : run.failure();
        String violation = failed == null || run == null || failure == null
                ? "null"
                : "{\"seed\":" + run.seed() + ",\"event\":" + failure.event() + ",\"micros\":" + failure.micros()
                        + ",\"oracle\":" + Json.quoted(failure.oracle()) + ",\"what\":" + Json.quoted(failure.what())
                        + ",\"hash\":"
                        + Json.quoted(run.hashText()) + ",\"replay\":" + Json.quoted(failed.replay()) + "}";
        return String.format(
                Locale.ROOT,
                "{\"protocol\":\"%s\",\"runs\":%d,\"events\":%d,\"seconds\":%.3f,\"hash\":\"%016x\",\"counters\":%s,\"violation\":%s}",
                options.protocol(),
                result.runs(),
                result.events(),
                took,
                result.hash(),
                counters,
                violation);
    }

    private static String faultNames() {
        return Arrays.stream(Fault.values()).map(SimulateCommand::name).collect(Collectors.joining(", "));
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
