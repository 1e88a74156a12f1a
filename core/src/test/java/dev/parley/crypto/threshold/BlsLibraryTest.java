package dev.parley.crypto.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BlsLibraryTest {
    /** A process that is killed deletes nothing: 0.3 MB each time. */
    @Test
    void the_native_library_leaves_no_file() throws IOException {
        Path loaded = Path.of("/proc/self/maps");
        assumeThat(loaded).as("what is loaded, as Linux tells it").exists();
        assertThat(BlsCurve.G1_GENERATOR.in_group()).isTrue();

        assertThat(Files.readAllLines(loaded, StandardCharsets.ISO_8859_1).stream()
                        .filter(line -> line.contains("libblst")))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("(deleted)"));
    }
}
