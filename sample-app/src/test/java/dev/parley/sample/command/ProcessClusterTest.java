package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.testkit.cluster.NodeProcess;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** Validators in processes of their own, as {@code parley init} and {@code parley cluster} run them. */
@Timeout(600)
class ProcessClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PORTS =
            Pattern.compile("v(\\d) +peers \\d+ +clients (\\d+) +redis (\\d+) +admin (\\d+)");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    /** No time is spent on code that will not run for long. */
    private static final String QUICK_START = "--jvm-option=-XX:TieredStopAtLevel=1";

    private Path cluster() {
        return folder.resolve("cluster");
    }

    private int run(String... words) {
        return ParleyCommand.commandLine(Screen.plain(out, err)).execute(words);
    }

    private void cluster(String... words) {
        String[] all = new String[words.length + 3];
        all[0] = "cluster";
        System.arraycopy(words, 0, all, 1, words.length);
        all[all.length - 2] = "--dir";
        all[all.length - 1] = cluster().toString();
        assertThat(run(all)).as(() -> out + "\n" + err).isZero();
    }

    private void init(String protocol) {
        assertThat(run("init", "--protocol", protocol, "--dir", cluster().toString()))
                .as(err::toString)
                .isZero();
    }

    @AfterEach
    void end() {
        if (Files.exists(cluster().resolve("cluster.conf"))) {
            List<NodeProcess> nodes = NodeProcess.of(cluster());
            cluster("down");
            assertThat(nodes).allMatch(node -> node.process().isEmpty());
        }
    }

    /** @param which port: 2 clients, 3 redis, 4 admin */
    private int port(int validator, int which) {
        Matcher matcher = PORTS.matcher(out.toString());
        while (matcher.find()) {
            if (Integer.parseInt(matcher.group(1)) == validator) {
                return Integer.parseInt(matcher.group(which));
            }
        }
        throw new AssertionError("v" + validator + " is not in " + out);
    }

    private long increment(int validator) {
        try (Jedis redis = new Jedis(
                new HostAndPort("127.0.0.1", port(validator, 3)),
                DefaultJedisClientConfig.builder().timeoutMillis(30_000).build())) {
            return redis.incr("counter");
        }
    }

    private HttpResponse<String> http(String method, int validator, String path)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(validator, 4) + path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private long height(int validator) {
        try {
            return NodeProcess.of(cluster())
                    .get(validator)
                    .status()
                    .map(status -> status.path("height").asLong())
                    .orElse(-1L);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitSameHeight() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            long first = height(0);
            assertThat(first).isPositive();
            for (int i = 1; i < 4; i++) {
                assertThat(height(i)).isEqualTo(first);
            }
        });
    }

    @Test
    void processes_die_all_at_once_and_come_back_and_operators_are_answered() throws IOException, InterruptedException {
        init("tendermint");
        cluster("up", QUICK_START);
        assertThat(increment(0)).isEqualTo(1);
        awaitSameHeight();
        assertThat(http("GET", 1, "/health").body()).isEqualTo("runs");
        await().atMost(PATIENCE).until(() -> http("GET", 1, "/ready").statusCode() == 200);
        assertThat(http("GET", 1, "/status").body()).contains("\"protocol\":\"tendermint\"", "\"waitsFor\":\"");
        assertThat(http("GET", 1, "/metrics").body())
                .contains("parley_decided_height 1", "parley_observations_total{kind=\"decided\"}", "jvm_memory_used");
        assertThat(http("POST", 1, "/faults/cut/9").statusCode()).isEqualTo(400);
        assertThat(http("GET", 1, "/nothing").statusCode()).isEqualTo(404);
        out.getBuffer().append("\n");
        cluster("status");
        assertThat(out.toString()).contains("v2  height 1, ", "waits for a command: all is decided");
        cluster("logs");
        assertThat(out.toString()).contains("v3 of 'parley', tendermint: redis on port ");
        cluster("partition", "2");
        assertThat(increment(2)).as("its clients go to the others").isEqualTo(2);
        cluster("heal");
        cluster("pause", "1");
        assertThat(increment(0)).isEqualTo(3);
        cluster("resume", "1");
        awaitSameHeight();
        for (int i = 0; i < 4; i++) {
            cluster("kill", Integer.toString(i));
        }
        cluster("up", QUICK_START);
        assertThat(increment(3)).isEqualTo(4);
        awaitSameHeight();
    }

    @Test
    void a_process_that_cannot_start_says_why_and_ends() throws IOException {
        init("hotstuff");
        Path conf = cluster().resolve("2").resolve("node.conf");
        Files.writeString(conf, Files.readString(conf).replace("validator = 2", "validator = 1"));
        assertThat(run("node", "--dir", cluster().resolve("2").toString())).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains(
                        "parley.node.key-file",
                        "and parley.validators has",
                        "for v1; name this validator's own key file");
        assertThat(cluster().resolve("2").resolve("data").resolve("db")).doesNotExist();
    }
}
