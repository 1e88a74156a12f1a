package dev.parley.sample.command;

import dev.parley.tendermint.TendermintRules;
import dev.parley.testkit.tendermint.ExhaustiveSearch;
import dev.parley.testkit.tendermint.ExhaustiveSearch.Result;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** All runs of a small world, where campaigns try some of a large one. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Meets every state that four Tendermint validators, one of them Byzantine, can reach in a few rounds of one height,",
            "whatever order messages come in, whatever is lost, whenever timers fire, and checks each. Ends with 1 and the",
            "shortest story of a violation if there is one. Two rounds take seconds; three take minutes and gigabytes",
            "(PARLEY_JAVA_OPTS=-Xmx6g)."
        })
final class ExhaustiveCommand implements Callable<Integer> {
    private static final int VALIDATORS = 4;
    private static final int MOST_ROUNDS = 3;
    /** A bound on memory: a state takes some twenty to forty bytes. */
    private static final int MOST_STATES = 150_000_000;

    private final Screen screen;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many rounds of the height, 1 to 3: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--byzantine",
            paramLabel = "ID",
            description = "Which validator is Byzantine, 0 to 3; each in turn unless given.")
    private @Nullable Integer byzantine;

    @Option(names = "--no-symmetry", description = "Count states that differ by names alone as different.")
    private boolean withoutSymmetry;

    @Option(
            names = "--max-states",
            paramLabel = "N",
            defaultValue = "100000000",
            description = "Give up at so many states: ${DEFAULT-VALUE}.")
    private int maxStates;

    ExhaustiveCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        if (rounds < 1 || rounds > MOST_ROUNDS) {
            throw new UsageException("--rounds is 1 to " + MOST_ROUNDS + ", not " + rounds);
        }
        if (byzantine != null && (byzantine < 0 || byzantine >= VALIDATORS)) {
            throw new UsageException("--byzantine is 0 to " + (VALIDATORS - 1) + ", not " + byzantine);
        }
        if (maxStates < 1 || maxStates > MOST_STATES) {
            throw new UsageException("--max-states is 1 to " + MOST_STATES + ", not " + maxStates);
        }
        List<Integer> chosen =
                byzantine == null ? IntStream.range(0, VALIDATORS).boxed().toList() : List.of(byzantine);
        screen.line(screen.paint(
                String.format(
                        Locale.ROOT,
                        "%9s  %6s  %12s  %13s  %5s  %12s  %12s  %9s",
                        "byzantine",
                        "rounds",
                        "states",
                        "transitions",
                        "depth",
                        "local states",
                        "all deciding",
                        "time"),
                Screen.Style.BOLD));
        boolean sound = true;
        boolean complete = true;
        for (int each : chosen) {
            Result result = search(each);
            sound &= result.violations().isEmpty();
            complete &= result.complete();
        }
        if (sound) {
            screen.line(screen.paint(
                    complete
                            ? "✓ no violation in any state"
                            : "✓ no violation as far as the search went; not all states were met",
                    Screen.Style.GREEN));
        }
        return sound ? 0 : ExitCode.FAILED;
    }

    private Result search(int which) {
        screen.progress("v" + which + " …");
        long start = System.nanoTime();
        Result result = new ExhaustiveSearch(TendermintRules.PAPER, rounds, which, !withoutSymmetry, maxStates).run();
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        screen.progress("");
        screen.line(String.format(
                Locale.ROOT,
                "%9s  %6d  %,12d  %,13d  %5d  %,12d  %,12d  %7.1f s%s",
                "v" + which,
                rounds,
                result.states(),
                result.transitions(),
                result.depth(),
                result.localStates(),
                result.deciding().getLast(),
                time.toMillis() / 1000.0,
                result.complete() ? "" : "  (stopped)"));
        result.violations().forEach((property, violation) -> {
            screen.line(
                    screen.paint("✗ violated after " + violation.depth() + " steps: " + property, Screen.Style.RED));
            violation.story().forEach(line -> screen.line("    " + line));
        });
        return result;
    }
}
