package dev.parley.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.testkit.sim.ProtocolUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scenario for every protocol that can be simulated. Run with {@code -Dparley.scenarios.update=true} to write the transcripts anew; then
 * read the difference.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "heap", mode = ResourceAccessMode.READ)
class ScenarioTest {
    private static final Path FOLDER = Path.of("src/main/resources/dev/parley/testkit/scenarios");
    private static final boolean UPDATE = Boolean.getBoolean("parley.scenarios.update");

    private static List<String> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static Stream<ProtocolUnderTest> protocols() {
        return ServiceLoader.load(ProtocolUnderTest.class).stream().map(ServiceLoader.Provider::get);
    }

    static Stream<Arguments> plays() {
        return Scenario.names().stream()
                .flatMap(name -> protocols()
                        .map(protocol -> Arguments.argumentSet(name + ", " + protocol.name(), name, protocol)));
    }

    @Test
    void the_index_lists_every_file() throws IOException {
        assertThat(Scenario.names().stream().map(name -> name + ".scenario").toList())
                .isEqualTo(files(".scenario"));
    }

    @Test
    void no_transcript_is_kept_that_nothing_gives() throws IOException {
        List<String> given = Scenario.names().stream()
                .flatMap(name -> protocols().map(protocol -> Scenario.transcript(name, protocol)))
                .toList();
        assertThat(given).containsAll(files(".transcript"));
    }

    /** Where a protocol cannot play a scenario, that it cannot is what is kept: no pair is passed over. */
    @ParameterizedTest
    @MethodSource("plays")
    void gives_the_transcript_that_is_kept_beside_it(String name, ProtocolUnderTest protocol) throws IOException {
        Path file = FOLDER.resolve(Scenario.transcript(name, protocol));
        Scenario scenario = Scenario.read(FOLDER.resolve(name + ".scenario"));
        String transcript = scenario.unfit(protocol).map(why -> why + "\n").orElseGet(() -> scenario.play(protocol));
        if (UPDATE) {
            Files.writeString(file, transcript);
        }
        assertThat(scenario.kept(protocol))
                .as(
                        "%s: if this is how it should be, run again with -Dparley.scenarios.update=true, and read the difference",
                        file)
                .isEqualTo(Optional.of(transcript));
    }

    @Test
    void a_protocol_is_refused_that_lacks_a_behaviour(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.scenario");
        Files.writeString(file, "cluster 4\nbyzantine 1 charming\nsubmit \"a\"\n");
        Scenario scenario = Scenario.read(file);
        ProtocolUnderTest hotstuff = ProtocolUnderTest.named("hotstuff");
        assertThat(scenario.kept(hotstuff)).isEmpty();
        assertThatThrownBy(() -> scenario.play(hotstuff))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hotstuff has no behaviour charming");
    }

    @Test
    void a_scenario_names_no_protocol(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.scenario");
        Files.writeString(file, "cluster 4 hotstuff\nsubmit \"a\"\n");
        Scenario scenario = Scenario.read(file);
        assertThatThrownBy(() -> scenario.play(ProtocolUnderTest.named("hotstuff")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a scenario begins with: cluster <validators>");
    }
}
