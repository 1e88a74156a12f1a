package dev.parley.crypto.threshold;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The native library of blst. By itself it stays as a file in a directory of its own under {@code java.io.tmpdir}, 0.3 MB, until the process
 * ends in good order: one that is killed leaves it behind, each time.
 */
final class BlsLibrary {
    private static final Path LOADED = Path.of("/proc/self/maps");
    private static final Pattern COPY = Pattern.compile(".*/(blst@\\d+)/(libblst\\.so)");

    private BlsLibrary() {}

    /**
     * Deletes the file once it is loaded, which changes nothing for whoever uses the library. Only where the system says what is loaded, as Linux
     * does; elsewhere, and where the file cannot be deleted, it stays.
     */
    static void discardCopy() {
        if (!Files.exists(LOADED)) {
            return;
        }
        // A character for each byte: what is loaded besides may have a name in any encoding.
        try (Stream<String> lines = Files.lines(LOADED, StandardCharsets.ISO_8859_1)) {
            List<Matcher> copies =
                    lines.map(COPY::matcher).filter(Matcher::matches).toList();
            for (Matcher copy : copies) {
                Path directory = Path.of(System.getProperty("java.io.tmpdir"), copy.group(1));
                Files.deleteIfExists(directory.resolve(copy.group(2)));
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            // Then it goes with the end of the process, as it would without this.
        }
    }
}
