package dev.parley.sample.command;

import dev.parley.testkit.compare.Table;
import dev.parley.testkit.synchrony.Synchrony;
import dev.parley.testkit.synchrony.SynchronyPlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What becomes of each protocol when messages keep no bound. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs HotStuff, Tendermint and HoneyBadgerBFT in the simulator, with the same application and commands: in a calm",
            "network, under a scheduler that delays whoever leads past every time-out, with every message late, through a",
            "partition that heals, with f validators silent, with a leader just in time. Prints what each commits.",
            "The same in each run: docs/synchrony.md explains and keeps it."
        })
final class SynchronyCommand implements Callable<Integer> {
    private final Screen screen;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Put the table into this page as well, where it says <!-- table: synchrony -->.")
    private @Nullable Path markdown;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write the diagrams to this file as well.")
    private @Nullable Path svg;

    SynchronyCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        String page = markdown == null ? "" : read(markdown);
        Synchrony synchrony = Synchrony.run(screen::progress);
        screen.progress("");
        Table table = synchrony.table();
        screen.line(screen.paint(table.title(), Screen.Style.BOLD));
        screen.line("");
        screen.line(table.markdown());
        if (markdown != null) {
            write(markdown, table.putInto(page));
        }
        if (svg != null) {
            write(svg, SynchronyPlot.of(synchrony));
        }
        return 0;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UsageException("--markdown: cannot read the page " + file
                    + " that the table is to be put into; give one that says <!-- table: synchrony -->");
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
