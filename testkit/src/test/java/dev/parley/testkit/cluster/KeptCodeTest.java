package dev.parley.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of tests, whose classes are in folders, begin with the code that one before them has kept. */
class KeptCodeTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    /** In a process of its own. */
    static final class Sleeper {
        private Sleeper() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] words) throws InterruptedException {
            System.out.println("awake");
            new CountDownLatch(1).await();
        }
    }

    @Test
    void the_third_cluster_begins_with_what_the_second_has_kept() throws IOException {
        AheadOfTime code = AheadOfTime.whileThisRuns(System.getProperty("java.class.path"), Runtime.version());
        assumeThat(code.isPossible()).as("a JDK that keeps code").isTrue();

        sleep("first", code, List.of());
        assertThat(code.kept()).as("kept by the only cluster so far").isEmpty();

        sleep("second", code, List.of());
        assertThat(code.kept()).isPresent();

        // With this the virtual machine ends at once if it cannot begin with what was kept.
        sleep("third", code, List.of("-XX:AOTMode=on"));
    }

    private void sleep(String name, AheadOfTime code, List<String> jvmOptions) throws IOException {
        Path cluster = directory.resolve(name);
        ClusterLayout.of("hotstuff", 4).write(cluster);
        try (Reaper reaper = new Reaper(cluster);
                ProcessCluster processes = new ProcessCluster(NodeProcess.of(cluster), reaper, null, code)) {
            NodeProcess sleeper = processes.nodes().getFirst();
            processes.start(0, jvmOptions, Sleeper.class, List.of());
            await().atMost(PATIENCE)
                    .until(() -> sleeper.process().isEmpty() || sleeper.tail().contains("awake"));
            assertThat(sleeper.tail()).contains("awake");
        }
    }

    @Test
    void a_signed_jar_is_copied_without_its_signature_once_and_again_when_it_has_changed() throws IOException {
        Path signed = SignedJar.make(directory.resolve("signed.jar"));
        Path copies = directory.resolve("copies");

        Path copy = Path.of(ProgramJars.of(signed.toString(), copies));
        assertThat(copy).hasParent(copies);
        try (JarFile jar = new JarFile(copy.toFile())) {
            assertThat(jar.stream().map(JarEntry::getName))
                    .containsExactly("META-INF/MANIFEST.MF", "META-INF/services/x", "a/One.class");
            assertThat(jar.getInputStream(jar.getEntry("a/One.class"))).hasContent("a/One.class");
            assertThat(jar.getManifest().getEntries()).isEmpty();
            assertThat(jar.isMultiRelease()).isTrue();
        }

        Files.writeString(copy, "not made again");
        Files.setLastModifiedTime(copy, Files.getLastModifiedTime(signed));
        ProgramJars.of(signed.toString(), copies);
        assertThat(copy).hasContent("not made again");

        Files.setLastModifiedTime(signed, FileTime.fromMillis(1));
        ProgramJars.of(signed.toString(), copies);
        try (JarFile jar = new JarFile(copy.toFile())) {
            assertThat(jar.stream()).hasSize(3);
        }
    }

    @Test
    void a_folder_becomes_a_jar_in_its_place_and_what_does_not_exist_is_left_out() throws IOException {
        Path folder = directory.resolve("classes");
        Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(folder.resolve("a/b/One.class"), "one");
        Files.writeString(folder.resolve("two.conf"), "two");
        Path jar = Files.createFile(directory.resolve("some.jar"));
        String before = String.join(
                File.pathSeparator,
                jar.toString(),
                folder.toString(),
                directory.resolve("missing").toString());

        assertThat(ProgramJars.hasFolder(before)).isTrue();
        List<String> after = List.of(ProgramJars.of(before, directory).split(File.pathSeparator));

        assertThat(after).hasSize(2).first().isEqualTo(jar.toString());
        try (JarFile made = new JarFile(after.get(1))) {
            assertThat(made.stream().map(entry -> entry.getName())).containsExactly("a/b/One.class", "two.conf");
            assertThat(made.getInputStream(made.getJarEntry("two.conf"))).hasContent("two");
        }
    }
}
