package dev.parley.sample.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.ParleyNode;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.testkit.cluster.FreePorts;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches a running validator from outside, and must not stop it or any other. */
@Timeout(300)
class NodeFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final long DAY = Duration.ofDays(1).toMillis();

    @TempDir
    Path folder;

    private long counted;

    private void requireIncrement(LiveNodes nodes, int preferred) throws Exception {
        assertThat(nodes.increment(preferred).get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(++counted);
    }

    private void awaitSameState(LiveNodes nodes) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            for (int i = 1; i < 4; i++) {
                assertThat(nodes.state(i)).isEqualTo(nodes.state(0));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"links", "cluster"})
    void a_validator_with_other_settings_is_named_on_both_sides_and_let_in_once_that_is_mended(String kind)
            throws Exception {
        try (LiveNodes nodes = LiveNodes.of("hotstuff", kind, folder.resolve("cluster"))) {
            for (int i = 0; i < 3; i++) {
                nodes.start(i);
            }
            nodes.start(
                    3,
                    "parley.mempool.max-block-commands = 7, parley.consensus.hotstuff.leader-election = round-robin");
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
                assertThat(nodes.status(0).path("refusedPeers"))
                        .singleElement()
                        .hasToString("{\"peer\":3,\"reason\":\"other_settings\",\"proven\":true,\"what\":\""
                                + "v3 has parley.consensus.hotstuff.leader-election = round-robin, this node skip-failed; "
                                + "v3 has parley.mempool.max-block-commands = 7, this node 4096\"}");
                assertThat(nodes.status(3).path("refusedPeers")).hasSize(3);
            });
            assertThat(nodes.status(3).path("refusedPeers").get(0).path("what").asText())
                    .contains("v0 has parley.mempool.max-block-commands = 4096, this node 7");
            assertThat(nodes.get(0, "/metrics"))
                    .contains("parley_link_refusals_total{peer=\"v3\",reason=\"other_settings\"}");
            requireIncrement(nodes, 0);
            nodes.stop(3);
            nodes.start(3);
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
                JsonNode status = nodes.status(0);
                assertThat(status.has("height")).isTrue();
                assertThat(status.path("refusedPeers")).isEmpty();
            });
            awaitSameState(nodes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"links", "cluster"})
    void garbage_half_frames_and_slow_bytes_on_any_port_stop_no_validator(String kind) throws Exception {
        try (LiveNodes nodes = LiveNodes.of("hotstuff", kind, folder.resolve("cluster"))) {
            nodes.startAll(
                    "parley.client-server { hello-timeout = 300 ms, frame-timeout = 300 ms }, parley.admin.connection-lifetime = 1 s");
            requireIncrement(nodes, 0);
            Random random = new Random(1);
            int network = nodes.ports(0).network();
            for (int i = 0; i < 20; i++) {
                for (int port : new int[] {
                    network, nodes.ports(0).clients(), nodes.ports(0).admin()
                }) {
                    byte[] garbage = new byte[1 + random.nextInt(5000)];
                    random.nextBytes(garbage);
                    sendAndLeave(port, garbage);
                }
                // As far as Pekko's remoting can tell these are frames, of each of its three streams.
                byte[] inside = new byte[40 + random.nextInt(300)];
                random.nextBytes(inside);
                sendAndLeave(network, remotingFrame(i % 4, inside.length, inside));
                sendAndLeave(network, remotingFrame(1 + i % 3, 1 << 20, inside));
                // Of the version that remoting knows; and of no length at all.
                inside[0] = 0;
                sendAndLeave(network, remotingFrame(1 + i % 3, inside.length, inside));
                sendAndLeave(network, remotingFrame(1 + i % 3, 0, new byte[0]));
            }
            requireIncrement(nodes, 0);
            try (Socket clients = slow(nodes.ports(0).clients(), new byte[] {0, 0});
                    Socket admin = slow(nodes.ports(0).admin(), "GET /sta".getBytes(StandardCharsets.US_ASCII));
                    Socket half = slow(network, remotingFrame(2, 1000, new byte[10]))) {
                assertEnds(clients);
                assertEnds(admin);
                assertThat(half.isConnected()).isTrue();
                requireIncrement(nodes, 0);
            }
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(nodes.get(0, "/ready")).startsWith("at height"));
            for (int i = 0; i < 4; i++) {
                assertThat(nodes.stopped(i)).isNull();
            }
            awaitSameState(nodes);
            assertThat(nodes.node(0).peers().refused(null, LinkRefusal.OVER_CAPACITY))
                    .isZero();
        }
    }

    /** By the key of v3, while the others execute commands. */
    private String attack(LiveNodes nodes, String... options) throws Exception {
        StringWriter out = new StringWriter();
        List<String> words =
                new ArrayList<>(List.of("attack", "--dir", nodes.directory(3).toString()));
        words.addAll(List.of(options));
        CompletableFuture<Integer> attack = CompletableFuture.supplyAsync(
                () -> ParleyCommand.commandLine(Screen.plain(out, out)).execute(words.toArray(String[]::new)));
        while (!attack.isDone()) {
            requireIncrement(nodes, 1);
        }
        assertThat(attack.get()).as(out::toString).isZero();
        return out.toString();
    }

    @Test
    void a_process_with_a_validators_key_that_does_its_worst_costs_nobody_a_command() throws Exception {
        try (LiveNodes nodes = LiveNodes.of("hotstuff", folder.resolve("cluster"))) {
            for (int i = 0; i < 3; i++) {
                nodes.start(i);
            }
            requireIncrement(nodes, 0);
            assertThat(attack(nodes, "--seconds", "1")).contains("chatter: ", "largest-frames: ", "slow-bytes: ");
            ValidatorId attacker = new ValidatorId(3);
            for (int i = 0; i < 3; i++) {
                if (nodes.node(i).peers().refused(attacker, LinkRefusal.USELESS) == 0) {
                    // On a slow machine a second is too short for it.
                    attack(nodes, "--seconds", "10", "--kind", "tiny-frames");
                }
                assertThat(nodes.node(i).peers().refused(attacker, LinkRefusal.USELESS))
                        .as("frames of which nothing can be read")
                        .isPositive();
                assertThat(nodes.stopped(i)).isNull();
            }
            nodes.start(3);
            requireIncrement(nodes, 3);
            awaitSameState(nodes);
        }
    }

    @Test
    void a_second_process_with_the_key_of_a_validator_is_noticed_before_it_signs_and_the_others_go_on()
            throws Exception {
        try (LiveNodes nodes = LiveNodes.of("hotstuff", folder.resolve("cluster"))) {
            nodes.startAll("");
            requireIncrement(nodes, 3);
            String elsewhere =
                    "parley { network.links.bind-port = " + FreePorts.take(1).getFirst()
                            + ", client-server.port = 0, node.data = \"" + folder.resolve("elsewhere") + "\" }";
            try (ParleyNode second = nodes.another(3, elsewhere)) {
                CompletableFuture<String> noticed = new CompletableFuture<>();
                var unused = nodes.node(3).stopped().thenAccept(noticed::complete);
                var unusedToo = second.stopped().thenAccept(noticed::complete);
                assertThat(noticed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .contains("another process speaks as v3", "two processes have its key");
            }
            requireIncrement(nodes, 0);
        }
    }

    @Test
    void a_member_of_a_pekko_cluster_puts_another_out_of_it_and_not_out_of_the_log() throws Exception {
        String members = "parley.network.cluster.membership = on";
        try (LiveNodes nodes = LiveNodes.of("hotstuff", "cluster", folder.resolve("cluster"))) {
            nodes.startAll(members);
            requireIncrement(nodes, 0);
            Cluster attacker = Cluster.get(nodes.node(3).system());
            Cluster victim = Cluster.get(nodes.node(1).system());
            await().atMost(PATIENCE).until(() -> members(attacker) == 4);
            attacker.manager().tell(new Down(victim.selfMember().address()));
            await().atMost(PATIENCE)
                    .until(() -> victim.isTerminated()
                            && members(Cluster.get(nodes.node(0).system())) == 3);
            nodes.stop(3);
            for (int i = 0; i < 3; i++) {
                requireIncrement(nodes, i);
            }
        }
    }

    private static long members(Cluster of) {
        return StreamSupport.stream(of.state().getMembers().spliterator(), false)
                .filter(member -> member.status().equals(MemberStatus.up()))
                .count();
    }

    /** Magic, the stream's number, a frame's length, and what is there of the frame. */
    private static byte[] remotingFrame(int stream, int length, byte[] content) {
        return ByteBuffer.allocate(9 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("AKKA".getBytes(StandardCharsets.US_ASCII))
                .put((byte) stream)
                .putInt(length)
                .put(content)
                .array();
    }

    private static void sendAndLeave(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        } catch (IOException refused) {
            // It may be cut while it speaks.
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    private static Socket slow(int port, byte[] first) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(first);
        return socket;
    }

    /** The other side ends it, whatever it says first. */
    private static void assertEnds(Socket socket) throws IOException {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        try {
            while (socket.getInputStream().read() >= 0) {
                // It may say why.
            }
        } catch (java.net.SocketException reset) {
            assertThat(reset).isNotInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void a_clock_that_jumps_by_a_day_costs_that_validator_its_say_and_no_command() throws Exception {
        AtomicLong offset = new AtomicLong();
        try (LiveNodes nodes = LiveNodes.of("hotstuff", folder.resolve("cluster"))) {
            for (int i = 0; i < 3; i++) {
                nodes.start(i);
            }
            nodes.start(3, "", builder -> builder.clock(() -> System.currentTimeMillis() + offset.get()));
            requireIncrement(nodes, 3);
            for (long jump : new long[] {DAY, -DAY, 0}) {
                offset.set(jump);
                requireIncrement(nodes, 0);
                requireIncrement(nodes, 3);
                requireIncrement(nodes, 3);
            }
            awaitSameState(nodes);
            assertThat(nodes.stopped(3)).isNull();
        }
    }

    /**
     * A limit on the size of files makes writes fail as a full disk does, for root too, and can be set while the process runs. Its process
     * alone is another one: the limit holds for all of a process.
     */
    @Test
    void a_full_disk_ends_that_validator_alone_and_with_room_again_it_has_lost_nothing() throws Exception {
        assumeThat(hasPrlimit()).as("there is a prlimit to limit files with").isTrue();
        try (LiveNodes nodes = LiveNodes.of("hotstuff", folder.resolve("cluster"))) {
            Process full = child(nodes.directory(3));
            CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> text(full));
            try {
                for (int i = 0; i < 3; i++) {
                    nodes.start(i);
                }
                await().atMost(PATIENCE).until(() -> isReady(nodes, 3));
                requireIncrement(nodes, 3);
                requireIncrement(nodes, 3);
                assertThat(new ProcessBuilder("prlimit", "--pid", Long.toString(full.pid()), "--fsize=1")
                                .start()
                                .waitFor())
                        .isZero();
                requireIncrement(nodes, 3);
                assertThat(full.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("it ends by itself")
                        .isTrue();
            } finally {
                full.destroyForcibly();
            }
            assertThat(full.exitValue()).isEqualTo(1);
            assertThat(said.get(10, TimeUnit.SECONDS))
                    .contains(
                            "parley node: v3 has stopped: its actor validator failed (",
                            nodes.directory(3).resolve("data").toString(),
                            "cannot be written");
            requireIncrement(nodes, 0);
            nodes.start(3);
            requireIncrement(nodes, 3);
            awaitSameState(nodes);
        }
    }

    @Test
    void a_temporary_directory_that_cannot_be_used_is_named() throws Exception {
        try (LiveNodes nodes = LiveNodes.of("hotstuff", "links", folder.resolve("cluster"))) {
            Path none = Files.createFile(folder.resolve("file"));
            Process node = child(nodes.directory(0), "-Djava.io.tmpdir=" + none);
            CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> text(node));
            try {
                assertThat(node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("it ends by itself")
                        .isTrue();
            } finally {
                node.destroyForcibly();
            }
            assertThat(said.get(10, TimeUnit.SECONDS))
                    .contains("parley node: RocksDB's library")
                    .contains(none + "; make room there");
            assertThat(node.exitValue()).isEqualTo(ExitCode.FAILED);
        }
    }

    private static boolean hasPrlimit() throws InterruptedException {
        try {
            return new ProcessBuilder("prlimit", "--version").start().waitFor() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    /** What it prints comes by a pipe: a file could not be written either. */
    private static Process child(Path directory, String... jvmOptions) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                ParleyCommand.class.getName(),
                "node",
                "--dir",
                directory.toString()));
        if (Runtime.version().feature() >= 23) {
            command.add(1, "--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(1, List.of(jvmOptions));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return process;
    }

    private static String text(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static boolean isReady(LiveNodes nodes, int index) {
        try {
            return nodes.get(index, "/ready").startsWith("at height");
        } catch (IOException | InterruptedException notYet) {
            return false;
        }
    }
}
