package dev.parley.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AheadOfTimeTest {
    @TempDir
    Path directory;

    private Path jar;

    @BeforeEach
    void makeJar() throws IOException {
        jar = Files.createFile(directory.resolve("some.jar"));
    }

    @Test
    void what_one_run_has_kept_is_there_for_the_next_and_replaces_what_was_kept_of_other_jars() throws IOException {
        Path old = Files.createFile(directory.resolve("0123.aot"));
        AheadOfTime code = of(jar.toString(), "25");
        assertThat(code.isPossible()).isTrue();
        assertThat(code.kept()).isEmpty();
        code.take(Files.writeString(directory.resolve("new"), "code"));
        assertThat(code.kept()).hasValueSatisfying(kept -> assertThat(kept).hasContent("code"));
        assertThat(old).doesNotExist();
        assertThat(of(jar.toString(), "26").kept()).isEmpty();
    }

    @Test
    void what_was_kept_of_a_jar_that_has_changed_is_of_no_use() throws IOException {
        AheadOfTime code = of(jar.toString(), "25");
        code.take(Files.writeString(directory.resolve("new"), "code"));
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1));
        assertThat(code.kept()).isEmpty();
    }

    @Test
    void nothing_is_kept_of_folders_with_classes_nor_by_an_older_java() throws IOException {
        assertThat(of(jar + File.pathSeparator + directory, "25").isPossible()).isFalse();
        AheadOfTime older = of(jar.toString(), "24");
        assertThat(older.isPossible()).isFalse();
        older.take(Files.createFile(directory.resolve("new")));
        assertThat(older.kept()).isEmpty();
    }

    @Test
    void processes_run_from_signed_jars_without_their_signature_and_from_the_jars_themselves_where_that_cannot_be()
            throws IOException {
        SignedJar.make(jar);
        Path copies = directory.resolve("unsigned");
        Files.createFile(copies);
        assertThat(of(jar.toString(), "25").classPath()).isEqualTo(jar.toString());

        Files.delete(copies);
        assertThat(Path.of(of(jar.toString(), "25").classPath()))
                .hasParent(copies)
                .isRegularFile();
        assertThat(of(jar.toString(), "24").classPath()).isEqualTo(jar.toString());
    }

    private static AheadOfTime of(String classPath, String version) {
        return new AheadOfTime(classPath, Runtime.Version.parse(version));
    }
}
