package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testkit.compare.Table;
import dev.parley.testkit.synchrony.Condition;
import dev.parley.testkit.synchrony.Synchrony;
import dev.parley.testkit.synchrony.SynchronyPlot;
import dev.parley.testkit.synchrony.SynchronyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Holds docs/synchrony.md and its picture against new runs; with {@code -Dparley.synchrony.update=true} writes both anew. */
@Execution(ExecutionMode.CONCURRENT)
class SynchronyPageTest {
    private static final Path PAGE = docs().resolve("synchrony.md");
    private static final Path PICTURE = docs().resolve("synchrony.svg");
    private static final String HOW =
            "run ./parley synchrony --markdown docs/synchrony.md --svg docs/synchrony.svg, and read what changed";

    private static Synchrony synchrony = new Synchrony(List.of());

    @BeforeAll
    static void run() throws IOException {
        synchrony = Synchrony.run(step -> {});
        if (Boolean.getBoolean("parley.synchrony.update")) {
            Files.writeString(PAGE, synchrony.table().putInto(Files.readString(PAGE)));
            Files.writeString(PICTURE, SynchronyPlot.of(synchrony));
        }
    }

    @Test
    void the_page_says_what_is_committed_now() throws IOException {
        assertThat(Table.on(Files.readString(PAGE), "synchrony").orElseThrow().markdown())
                .as(HOW)
                .isEqualTo(synchrony.table().markdown());
    }

    @Test
    void the_picture_shows_the_runs() throws IOException {
        assertThat(Files.readString(PICTURE)).as(HOW).isEqualTo(SynchronyPlot.of(synchrony));
    }

    /** What the page claims, whatever its figures are. */
    @Test
    void only_the_protocol_without_time_outs_goes_on_under_the_adversary() {
        assertThat(synchrony.runs())
                .filteredOn(run -> run.condition() == Condition.ADVERSARY)
                .hasSize(Synchrony.PROTOCOLS.size())
                .allSatisfy(run -> {
                    long under = run.committedWithin(SynchronyRun.BEGIN, SynchronyRun.END);
                    if (run.protocol().name().equals("honeybadger")) {
                        assertThat(under).isGreaterThan(100);
                    } else {
                        assertThat(under).as(run.protocol().name()).isZero();
                    }
                });
    }

    @Test
    void every_command_is_committed_once_the_network_keeps_its_bounds() {
        assertThat(synchrony.runs())
                .allSatisfy(run -> assertThat(run.committed()).doesNotContain(Long.MAX_VALUE));
    }

    /** Maven runs tests in the module's directory, editors often in the project's. */
    private static Path docs() {
        Path here = Path.of("docs").toAbsolutePath();
        return Files.exists(here.resolve("synchrony.md"))
                ? here
                : here.resolve("../../docs").normalize();
    }
}
