package dev.parley.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Run with {@code -Dparley.scenarios.update=true} to write the transcripts anew; then read the difference. */
class ScenarioTest {
    private static final Path FOLDER = Path.of("src/main/resources/dev/parley/testkit/scenarios");

    static List<String> scenarios() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".scenario"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void the_index_lists_every_file() throws IOException {
        assertThat(Scenario.names().stream().map(name -> name + ".scenario").toList())
                .isEqualTo(scenarios());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void gives_the_transcript_that_is_kept_beside_it(String name) throws IOException {
        Path file = FOLDER.resolve(name);
        Scenario scenario = Scenario.parse(Files.readString(file));
        String transcript = scenario.run();
        if (Boolean.getBoolean("parley.scenarios.update")) {
            Files.writeString(file, scenario.with(transcript));
        } else {
            assertThat(transcript).isEqualTo(scenario.expected());
        }
    }
}
