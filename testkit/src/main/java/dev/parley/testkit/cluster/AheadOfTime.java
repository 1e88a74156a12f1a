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
import org.jspecify.annotations.Nullable;

/**
 * What the virtual machine keeps of one run for the next ones (JEP 483, 514, 515): loaded classes, and the profiles by which code is compiled.
 * One file for a class path and a Java version, beside the last jar. Of a program whose classes are in folders, as those of tests are, it is kept
 * as long as the program runs. Thread-safe.
 */
final class AheadOfTime {
    /** The first whose cache holds profiles and is made in one step. */
    private static final int FIRST_JDK = 25;

    private static final String SUFFIX = ".aot";
    private static final String JARS = "unsigned";

    private static final AheadOfTime THIS_PROGRAM =
            new AheadOfTime(System.getProperty("java.class.path"), Runtime.version());

    private static @Nullable AheadOfTime whileThisRuns;

    private final String classPath;
    private final Runtime.Version version;
    /** Null for beside the last jar. */
    private final @Nullable Path directory;

    /** Null until the first process needs them: to look into all jars takes some tenths of a second. */
    private @Nullable String jars;

    private int clusters;

    AheadOfTime(String classPath, Runtime.Version version) {
        this(classPath, version, null);
    }

    private AheadOfTime(String classPath, Runtime.Version version, @Nullable Path directory) {
        this.classPath = classPath;
        this.version = version;
        this.directory = directory;
    }

    /** For processes with the class path of this one. */
    static AheadOfTime ofThisProgram() {
        return THIS_PROGRAM;
    }

    /**
     * For processes with the same classes as this one that end before it.
     *
     * @throws IOException if folders with classes cannot be made jars of, in a temporary directory
     */
    static synchronized AheadOfTime whileThisRuns() throws IOException {
        if (whileThisRuns == null) {
            whileThisRuns = whileThisRuns(System.getProperty("java.class.path"), Runtime.version());
        }
        return whileThisRuns;
    }

    static AheadOfTime whileThisRuns(String classPath, Runtime.Version version) throws IOException {
        if (version.feature() < FIRST_JDK || !ProgramJars.hasFolder(classPath)) {
            return new AheadOfTime(classPath, version);
        }
        Path directory = Files.createTempDirectory("parley-jars");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ClusterLayout.discard(directory)));
        return new AheadOfTime(ProgramJars.of(classPath, directory), version, directory);
    }

    /**
     * What a process must have to keep its code or to begin with what was kept: {@link ProgramJars}. The program's own, with which it starts slower,
     * where those cannot be made.
     */
    synchronized String classPath() throws IOException {
        if (jars == null) {
            jars = findJars();
        }
        return jars;
    }

    private String findJars() throws IOException {
        Optional<Path> file = file();
        if (directory != null || file.isEmpty()) {
            return classPath;
        }
        try {
            return ProgramJars.of(classPath, file.get().resolveSibling(JARS));
        } catch (IOException e) {
            return classPath;
        }
    }

    /**
     * Tells of a cluster that begins.
     *
     * @return whether a process of it should keep its code, if nothing was kept yet: in the second cluster or a later one of a program that keeps it
     *     for itself. That costs some seconds, which only clusters to come save
     */
    synchronized boolean begins() {
        clusters++;
        return directory != null && clusters > 1;
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
    synchronized void take(Path complete) throws IOException {
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
        Path beside = directory != null ? directory.resolve("jars") : last;
        return beside == null ? Optional.empty() : Optional.of(beside.resolveSibling(name.abbreviated() + SUFFIX));
    }
}
