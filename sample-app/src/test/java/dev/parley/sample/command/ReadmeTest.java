package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.typesafe.config.ConfigFactory;
import dev.parley.sample.hello.HelloParley;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds what the documents say against the code. */
final class ReadmeTest {
    private static final Path ROOT = root();
    private static final Path HELLO = ROOT.resolve("sample-app/src/main/java/dev/parley/sample/hello/HelloParley.java");

    private static final Path SUM_TEST = ROOT.resolve("sample-app/src/test/java/dev/parley/sample/hello/SumTest.java");

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)\\n```", Pattern.DOTALL);
    private static final Pattern PRINTED = Pattern.compile("It prints\\s+```\\n(.*?)\\n```", Pattern.DOTALL);
    private static final Pattern COMMAND_LINE = Pattern.compile("(?:^|`)\\./parley\\b([^`\\n]*)", Pattern.MULTILINE);
    /** Such as COMMAND or ID=BEHAVIOUR: to be replaced by a reader, so not to be parsed. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\b[A-Z]{2,}\\b");

    /** A row of the table of settings: name and default. */
    private static final Pattern SETTING =
            Pattern.compile("^\\| `(parley\\.[a-z.-]+)` \\| ([^|]+?) \\|", Pattern.MULTILINE);

    private static final Pattern RELATIVE_LINK = Pattern.compile("]\\((?!https?:|mailto:|#)([^)#\\s]+)(?:#[^)]*)?\\)");

    static Stream<Path> documents() throws IOException {
        try (Stream<Path> beside = Files.list(ROOT);
                Stream<Path> below = Files.walk(ROOT.resolve("docs"))) {
            List<Path> found = Stream.concat(beside, below)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
            return found.stream();
        }
    }

    static Stream<String> commandLines() throws IOException {
        return documents()
                .flatMap(document -> COMMAND_LINE
                        .matcher(text(document))
                        .results()
                        .map(match -> match.group(1).strip()))
                .filter(line -> !PLACEHOLDER.matcher(line).find())
                .distinct();
    }

    @Test
    void the_first_program_of_the_README_is_the_one_that_is_compiled() {
        String source = text(HELLO);
        String code = source.substring(source.indexOf("public final class HelloParley"))
                .strip();

        assertThat(first(JAVA_BLOCK, text(ROOT.resolve("README.md")))).isEqualTo(code);
    }

    @Test
    void the_test_of_the_page_on_tests_is_the_one_that_runs() {
        String source = text(SUM_TEST);

        assertThat(first(JAVA_BLOCK, text(ROOT.resolve("docs/cluster-tests.md"))))
                .isEqualTo(
                        source.substring(source.indexOf("public class SumTest")).strip());
    }

    @Test
    void the_first_program_has_less_than_thirty_lines_of_code() {
        assertThat(first(JAVA_BLOCK, text(ROOT.resolve("README.md"))).lines().filter(line -> !line.isBlank()))
                .hasSizeLessThan(30);
    }

    /** Only the height may differ: it depends on how many proposals without commands there were. */
    @Test
    void the_first_program_prints_what_the_README_says() {
        String said = first(PRINTED, text(ROOT.resolve("README.md")));

        assertThat(printedByHello())
                .matches(Pattern.quote(said).replaceFirst("height \\d+", "height \\\\E\\\\d+\\\\Q"));
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void each_command_line_in_the_documents_is_understood(String line) {
        String[] words = line.isEmpty() ? new String[0] : line.split(" +");

        assertThatCode(() -> ParleyCommand.commandLine(Screen.plain(new StringWriter(), new StringWriter()))
                        .parseArgs(words))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void each_relative_link_leads_to_a_file(Path document) {
        Path directory = document.resolveSibling("");

        assertThat(RELATIVE_LINK.matcher(text(document)).results().map(link -> link.group(1)))
                .allSatisfy(link -> assertThat(directory.resolve(link)).exists());
    }

    @Test
    void the_table_of_settings_holds_all_of_them_with_their_defaults() {
        Map<String, String> inTable = SETTING.matcher(text(ROOT.resolve("docs/operations.md")))
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1), row -> row.group(2).replace("\"\"", "")));
        Map<String, String> inReference =
                ConfigFactory.parseResources("reference.conf").getConfig("parley").entrySet().stream()
                        .filter(setting -> !setting.getKey().contains("-dispatcher."))
                        .collect(Collectors.toMap(
                                setting -> "parley." + setting.getKey(),
                                setting -> String.valueOf(setting.getValue().unwrapped())));

        assertThat(inTable).containsExactlyInAnyOrderEntriesOf(inReference);
    }

    private static String printedByHello() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            HelloParley.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).strip();
    }

    private static String first(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .findFirst()
                .map((MatchResult match) -> match.group(1))
                .orElseThrow();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Maven runs tests in the module's directory, editors often in the project's. */
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("README.md"))
                ? here
                : here.resolve("..").normalize();
    }
}
