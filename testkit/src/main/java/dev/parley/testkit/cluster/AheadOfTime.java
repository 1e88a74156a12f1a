package dev.parley.testkit.cluster;

import dev.parley.crypto.Digest;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What the virtual machine keeps of one run for the next ones (JEP 483, 514, 515): loaded classes, and the profiles by which code is compiled.
 * One file for a class path and a Java version, beside the last jar.
 */
final class AheadOfTime {
    /** The first whose cache holds profiles and is made in one step. */
    private static final int FIRST_JDK = 25;

    private static final String SUFFIX = ".aot";

    private final String classPath;
    private final Runtime.Version version;

    AheadOfTime(String classPath, Runtime.Version version) {
        this.classPath = classPath;
        this.version = version;
    }

    /** For processes with the class path of this one. */
    static AheadOfTime ofThisProgram() {
        return new AheadOfTime(System.getProperty("java.class.path"), Runtime.version());
    }

    /** Jars alone can be kept, and the Java version must be one that can. */
    boolean isPossible() throws IOException {
        return file().isPresent();
    }

    /** What an earlier run has kept; empty if none has, or if a jar has changed since. */
    Optional<Path> kept() throws IOException {
        return file().filter(Files::exists);
    }

    /** Makes a file that is complete the one for all runs from now on, and deletes what was kept of other jars. */
    void take(Path complete) throws IOException {
        Optional<Path> file = file();
        if (file.isEmpty()) {
            return;
        }
        Path kept = file.get();
        Path beside = kept.resolveSibling(
                kept.getFileName() + "." + ProcessHandle.current().pid());
        Files.move(complete, beside, StandardCopyOption.REPLACE_EXISTING);
        Files.move(beside, kept, StandardCopyOption.ATOMIC_MOVE);
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(kept.toAbsolutePath().getParent(), "*" + SUFFIX)) {
            for (Path other : all) {
                if (!other.getFileName().equals(kept.getFileName())) {
                    Files.delete(other);
                }
            }
        }
    }

    /** Named by what it depends on. */
    private Optional<Path> file() throws IOException {
        if (version.feature() < FIRST_JDK) {
            return Optional.empty();
        }
        StringBuilder about = new StringBuilder(version.toString());
        Path last = null;
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry).toAbsolutePath();
            if (!Files.isRegularFile(jar)) {
                return Optional.empty();
            }
            about.append('\n')
                    .append(jar)
                    .append(' ')
                    .append(Files.getLastModifiedTime(jar).toMillis());
            last = jar;
        }
        Digest name = Digest.sha256(about.toString().getBytes(StandardCharsets.UTF_8));
        return last == null ? Optional.empty() : Optional.of(last.resolveSibling(name.abbreviated() + SUFFIX));
    }
}
