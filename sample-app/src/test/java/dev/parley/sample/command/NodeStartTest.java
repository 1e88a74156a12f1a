package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testkit.cluster.ClusterLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a validator from starting is told in one line that says what, where and what to do. */
@Timeout(120)
class NodeStartTest {
    @TempDir
    Path folder;

    /** What a command said on stderr. */
    private static String refused(int code, String... words) {
        StringWriter err = new StringWriter();
        assertThat(ParleyCommand.commandLine(Screen.plain(new StringWriter(), err))
                        .execute(words))
                .as(err::toString)
                .isEqualTo(code);
        assertThat(err.toString().lines()).as("no stack trace").hasSize(1);
        return err.toString();
    }

    @Test
    void a_port_that_somebody_has_is_named_with_its_setting() throws IOException {
        try (LiveNodes nodes = LiveNodes.of("hotstuff", folder.resolve("cluster"))) {
            ClusterLayout.Ports ports = nodes.ports(0);
            Map<String, Integer> taken = new LinkedHashMap<>();
            taken.put("parley.network.links.addresses", ports.network());
            taken.put("parley.client-server.port", ports.clients());
            taken.put("parley.admin.port", ports.admin());
            taken.put("parley.redis.port", ports.application());
            for (Map.Entry<String, Integer> port : taken.entrySet()) {
                try (ServerSocket other = new ServerSocket(port.getValue(), 1, InetAddress.getLoopbackAddress())) {
                    assertThat(other.isBound()).isTrue();
                    String setting = port.getKey();
                    int code = setting.contains("redis") ? ExitCode.FAILED : ExitCode.WRONG_USAGE;
                    assertThat(refused(code, "node", "--dir", nodes.directory(0).toString()))
                            .contains(setting, Integer.toString(port.getValue()))
                            .containsAnyOf("choose another port", "is another server running there?");
                }
            }
        }
    }

    /** A test may run as root, for whom permissions do not bind; a file where the directory should be binds for all. */
    @Test
    void a_data_directory_that_cannot_be_written_is_named() throws IOException {
        try (LiveNodes nodes = LiveNodes.of("hotstuff", folder.resolve("cluster"))) {
            Path data = nodes.directory(0).resolve("data");
            Files.move(data, data.resolveSibling("moved"));
            Files.writeString(data, "a file");
            assertThat(refused(
                            ExitCode.FAILED, "node", "--dir", nodes.directory(0).toString()))
                    .contains("data directory " + data, "see to the disk, its owner and permissions");
            assertThat(data).hasContent("a file");
        }
    }

    @Test
    void a_damaged_database_is_refused_by_node_and_inspect_and_stays_as_it_is() throws Exception {
        try (LiveNodes nodes = LiveNodes.of("hotstuff", folder.resolve("cluster"))) {
            nodes.startAll("");
            for (int i = 0; i < 20; i++) {
                nodes.increment(0).get(30, TimeUnit.SECONDS);
            }
            for (int i = 0; i < 3; i++) {
                nodes.stop(i);
            }
            Path largest = file(nodes.directory(0), "");
            flip(largest, Files.size(largest) / 2);
            requireRefused(nodes.directory(0));
            Path manifest = file(nodes.directory(1), "MANIFEST");
            try (RandomAccessFile cut = new RandomAccessFile(manifest.toFile(), "rw")) {
                cut.setLength(Files.size(manifest) / 2);
            }
            requireRefused(nodes.directory(1));
        }
    }

    private static void requireRefused(Path directory) {
        String data = directory.resolve("data").toString();
        assertThat(refused(ExitCode.FAILED, "node", "--dir", directory.toString()))
                .contains(data, "restore");
        assertThat(refused(ExitCode.FAILED, "inspect", data)).contains(data, "restore");
    }

    private static Path file(Path directory, String name) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data").resolve("db"))) {
            return files.filter(file -> file.getFileName().toString().contains(name)
                            && !file.getFileName().toString().startsWith("LOG")
                            && !file.getFileName().toString().startsWith("OPTIONS"))
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int was = bytes.read();
            bytes.seek(at);
            bytes.write(was ^ 1);
        }
    }
}
