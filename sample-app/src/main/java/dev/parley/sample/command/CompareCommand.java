package dev.parley.sample.command;

import dev.parley.testkit.compare.Comparison;
import dev.parley.testkit.compare.Plot;
import dev.parley.testkit.compare.Table;
import dev.parley.testkit.sim.ProtocolUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the protocols cost, side by side. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs the protocols in the simulator and prints what a decided block costs: message delays, messages, bytes,",
            "signatures; with all validators correct, with f of them silent, with a leader that falls silent; latency between",
            "regions of a cloud, and throughput at 25 Mbit/s per validator; beside them, what the papers say. The same in each",
            "run: docs/comparison.md explains and keeps it. All of it takes a minute or two, --quick some seconds."
        })
final class CompareCommand implements Callable<Integer> {
    private final Screen screen;

    @Option(
            names = "--protocols",
            paramLabel = "NAME,...",
            split = ",",
            description = "Only these protocols; all that can be simulated unless given.")
    private @Nullable List<String> protocols;

    @Option(
            names = "--sizes",
            paramLabel = "N,...",
            split = ",",
            description =
                    "How many validators, each 4 to 128: 4,7,16,31,64,128. Regions and throughput have sizes of their own, measured up to the largest of these.")
    private @Nullable List<Integer> sizes;

    @Option(names = "--quick", description = "Only 4 and 7 validators.")
    private boolean quick;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Put the tables into this page as well, each where it says <!-- table: NAME -->.")
    private @Nullable Path markdown;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write the diagrams to this file as well.")
    private @Nullable Path svg;

    CompareCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Comparison comparison = new Comparison(chosenProtocols(), chosenSizes());
        String page = markdown == null ? "" : read(markdown);
        List<Table> tables = new ArrayList<>(comparison.tables(screen::progress));
        tables.add(Comparison.papers());
        screen.progress("");
        for (Table table : tables) {
            screen.line(screen.paint(table.title(), Screen.Style.BOLD));
            screen.line("");
            screen.line(table.markdown());
            if (markdown != null) {
                page = table.putInto(page);
            }
        }
        if (markdown != null) {
            write(markdown, page);
        }
        if (svg != null) {
            write(svg, plot(tables));
        }
        return 0;
    }

    private static String plot(List<Table> tables) {
        Map<String, Table> byName = new LinkedHashMap<>();
        tables.forEach(table -> byName.put(table.name(), table));
        Table good = byName.get("good");
        Table throughput = byName.get("throughput");
        if (good == null || throughput == null) {
            throw new IllegalStateException("a comparison has the tables good and throughput, not " + byName.keySet());
        }
        return Plot.of(good, throughput);
    }

    private List<ProtocolUnderTest> chosenProtocols() {
        List<ProtocolUnderTest> available = Comparison.available();
        if (protocols == null) {
            return available;
        }
        SequencedMap<String, ProtocolUnderTest> known = new LinkedHashMap<>();
        available.forEach(protocol -> known.put(protocol.name(), protocol));
        List<ProtocolUnderTest> chosen = new ArrayList<>();
        for (String name : protocols) {
            ProtocolUnderTest protocol = known.get(name);
            if (protocol == null) {
                throw new UsageException("--protocols: there is no protocol '" + name + "' to compare; there is "
                        + String.join(", ", known.keySet()));
            }
            chosen.add(protocol);
        }
        return chosen;
    }

    private List<Integer> chosenSizes() {
        if (sizes == null) {
            return quick ? Comparison.QUICK_SIZES : Comparison.SIZES;
        }
        if (quick) {
            throw new UsageException("give --sizes or --quick, not both");
        }
        for (int size : sizes) {
            if (size < 4 || size > Comparison.MOST_VALIDATORS) {
                throw new UsageException(
                        "--sizes are 4 to " + Comparison.MOST_VALIDATORS + " validators each, not " + size);
            }
        }
        return sizes;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UsageException("--markdown: cannot read the page " + file
                    + " that the tables are to be put into; give one that says <!-- table: NAME --> where each goes");
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new FailedException("cannot write " + file + ": " + e.getMessage());
        }
    }
}
