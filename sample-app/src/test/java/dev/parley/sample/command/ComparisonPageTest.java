package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testkit.compare.Comparison;
import dev.parley.testkit.compare.Plot;
import dev.parley.testkit.compare.Table;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Holds docs/comparison.md against new measurements; with {@code -Dparley.comparison.update=true} writes it anew, which takes long. */
@Execution(ExecutionMode.CONCURRENT)
class ComparisonPageTest {
    private static final Path PAGE = docs().resolve("comparison.md");
    private static final Path PICTURE = docs().resolve("comparison.svg");
    private static final String HOW =
            "run with -Dparley.comparison.update=true, or ./parley compare --markdown docs/comparison.md --svg docs/comparison.svg, and read what changed";

    @BeforeAll
    static void update() {
        if (Boolean.getBoolean("parley.comparison.update")) {
            assertThat(run("--markdown", PAGE.toString(), "--svg", PICTURE.toString()))
                    .isZero();
        }
    }

    private static int run(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "compare";
        System.arraycopy(words, 0, all, 1, words.length);
        return ParleyCommand.commandLine(Screen.plain(new StringWriter(), new StringWriter()))
                .execute(all);
    }

    @Test
    void the_page_says_what_small_clusters_cost_now() throws IOException {
        String page = Files.readString(PAGE);
        List<Table> measured = new Comparison(Comparison.available(), Comparison.QUICK_SIZES).tables(step -> {});

        for (Table table : measured) {
            if (table.name().equals("growth")) {
                continue;
            }
            Table onPage = Table.on(page, table.name()).orElseThrow();
            List<Integer> sizes = table.rows().stream()
                    .map(row -> Integer.valueOf(row.get(1)))
                    .distinct()
                    .toList();
            assertThat(onPage.ofSizes(sizes).markdown())
                    .as("table %s; %s", table.name(), HOW)
                    .isEqualTo(table.markdown());
        }
    }

    @Test
    void the_page_says_what_the_papers_say() throws IOException {
        assertThat(Table.on(Files.readString(PAGE), "papers").orElseThrow().markdown())
                .as(HOW)
                .isEqualTo(Comparison.papers().markdown());
    }

    @Test
    void the_page_has_a_row_for_each_protocol_and_size() throws IOException {
        Table good = Table.on(Files.readString(PAGE), "good").orElseThrow();

        assertThat(good.rows())
                .as(HOW)
                .hasSize(Comparison.available().stream()
                        .mapToInt(protocol ->
                                Comparison.sizesOf(protocol, Comparison.SIZES).size())
                        .sum());
    }

    @Test
    void the_picture_shows_the_tables_of_the_page() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(Files.readString(PICTURE))
                .as(HOW)
                .isEqualTo(Plot.of(
                        Table.on(page, "good").orElseThrow(),
                        Table.on(page, "throughput").orElseThrow()));
    }

    @Test
    void the_command_puts_its_tables_into_a_page_and_draws_them(@TempDir Path directory) throws IOException {
        Path page = directory.resolve("page.md");
        Path picture = directory.resolve("picture.svg");
        Files.writeString(page, Files.readString(PAGE));

        assertThat(run(
                        "--protocols",
                        "hotstuff",
                        "--sizes",
                        "4",
                        "--markdown",
                        page.toString(),
                        "--svg",
                        picture.toString()))
                .isZero();

        assertThat(Table.on(Files.readString(page), "good").orElseThrow().rows())
                .singleElement()
                .satisfies(row -> assertThat(row).startsWith("hotstuff", "4"));
        assertThat(Files.readString(picture)).startsWith("<svg ").endsWith("</svg>\n");
    }

    /** Maven runs tests in the module's directory, editors often in the project's. */
    private static Path docs() {
        Path here = Path.of("docs").toAbsolutePath();
        return Files.exists(here.resolve("comparison.md"))
                ? here
                : here.resolve("../../docs").normalize();
    }
}
