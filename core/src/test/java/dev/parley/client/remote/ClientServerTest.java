package dev.parley.client.remote;

import static dev.parley.client.remote.Frames.CHAIN;
import static dev.parley.client.remote.Frames.CODEC;
import static dev.parley.client.remote.Frames.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.parley.client.BusyException;
import dev.parley.client.CommandReceipt;
import dev.parley.client.LogEntry;
import dev.parley.client.RefusedException;
import dev.parley.client.UnknownOutcomeException;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.PublicKey;
import dev.parley.network.TestAddresses;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One server in front of a scripted log, clients that keep the protocol and clients that do not. */
@Timeout(120)
class ClientServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** So that peers can be made by hand; what TLS does has tests of its own. */
    private static final String IN_PLAIN = "parley { client-server.tls = off, client.remote.tls = off }";

    private static final KeyPair OWN = KeyPair.generate(new SecureRandom());
    private static ActorSystem<Void> system;

    private final ScriptedLog log = new ScriptedLog();
    private final MultiThreadIoEventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("parley-client", true), NioIoHandler.newFactory());
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @BeforeAll
    static void startSystem() {
        system = ActorSystem.create(Behaviors.empty(), "clients");
    }

    @AfterAll
    static void stopSystem() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // Clients that keep the protocol.

    @Test
    void busy_refused_and_unknown_come_over_faithfully() throws IOException {
        RemoteLog remote = remote(server(""), "");
        log.fail(new BusyException(Duration.ofMillis(1234)));
        assertThatThrownBy(() -> join(remote.append(command(1))))
                .isInstanceOfSatisfying(
                        BusyException.class,
                        busy -> assertThat(busy.retryAfter()).isEqualTo(Duration.ofMillis(1234)));
        log.fail(new RefusedException("larger than it may be"));
        assertThatThrownBy(() -> join(remote.append(command(2))))
                .isInstanceOf(RefusedException.class)
                .hasMessage("larger than it may be");
        log.fail(new UnknownOutcomeException("the validator has stopped"));
        assertThatThrownBy(() -> join(remote.append(command(3))))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessage("the validator has stopped");
        log.fail(new IllegalStateException("a defect"));
        assertThatThrownBy(() -> join(remote.append(command(4)))).isInstanceOf(UnknownOutcomeException.class);
        assertThat(join(remote.append(command(5)))).isEqualTo(Frames.receipt(5));
    }

    @Test
    void answers_that_come_in_any_order_find_their_requests() throws IOException {
        RemoteLog remote = remote(server(""), "");
        List<CompletableFuture<CommandReceipt>> receipts = LongStream.rangeClosed(1, 5000)
                .mapToObj(i -> remote.append(command(i)).toCompletableFuture())
                .toList();
        for (int i = 0; i < 5000; i++) {
            assertThat(join(receipts.get(i)).height()).isEqualTo(i + 1);
        }
    }

    @Test
    void over_its_bound_a_client_is_busy_at_once_and_below_it_again_it_is_not() throws IOException {
        RemoteLog remote = remote(server(""), "max-outstanding = 10");
        log.hold();
        List<CompletableFuture<CommandReceipt>> under = LongStream.rangeClosed(1, 10)
                .mapToObj(i -> remote.append(command(i)).toCompletableFuture())
                .toList();
        assertThatThrownBy(() -> join(remote.append(command(11)))).isInstanceOf(BusyException.class);
        await().atMost(PATIENCE).until(() -> log.held() == 10);
        log.release();
        under.forEach(ClientServerTest::join);
        join(remote.append(command(12)));
        RemoteLog narrow = remote(server(""), "max-outstanding-bytes = 1000");
        log.hold();
        var large = narrow.append(command(1, 5000));
        assertThatThrownBy(() -> join(narrow.append(command(2)))).isInstanceOf(BusyException.class);
        await().atMost(PATIENCE).until(() -> log.held() == 1);
        log.release();
        join(large);
    }

    @Test
    void a_connection_with_as_much_under_way_as_it_may_is_not_read_and_others_are() throws IOException {
        ClientServer server = server("max-outstanding = 100");
        RemoteLog eager = remote(server, "");
        log.hold();
        // 64 KiB may be read before the server notices, and no more.
        List<CompletableFuture<CommandReceipt>> receipts = LongStream.rangeClosed(1, 400)
                .mapToObj(i -> eager.append(command(i, 10_000)).toCompletableFuture())
                .toList();
        await().atMost(PATIENCE).until(() -> log.held() >= 100);
        RemoteLog other = remote(server, "");
        var answered = other.append(command(1));
        await().atMost(PATIENCE).until(() -> log.appended().contains(command(1)));
        assertThat(log.held()).isBetween(101, 100 + 1 + 8);
        log.release();
        receipts.forEach(ClientServerTest::join);
        join(answered);
    }

    @Test
    void entries_come_in_pages_and_what_is_pruned_is_refused() throws IOException {
        List<LogEntry> entries = LongStream.rangeClosed(5, 804)
                .mapToObj(h -> LogEntry.of(Frames.block(h, 1000)))
                .toList();
        log.show(entries.subList(0, 700));
        ClientServer server = server("page-bytes = 8 KiB, read-wait = 20 ms, height-interval = 5 ms");
        RemoteLog remote = remote(server, "");
        CompletableFuture<List<LogEntry>> read =
                remote.read(5).take(800).runWith(Sink.seq(), system).toCompletableFuture();
        await().atMost(PATIENCE).until(() -> remote.height() == 704);
        log.show(entries);
        assertThat(join(read).stream().map(LogEntry::height))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(5, 804).boxed().toList());
        assertThatThrownBy(() -> join(remote.read(4).runWith(Sink.ignore(), system)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pruned");
        assertThatThrownBy(() -> remote.read(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void when_the_connection_breaks_what_is_under_way_is_unknown_and_the_next_one_is_made_when_needed()
            throws IOException {
        String port = "port = " + TestAddresses.take(1).getFirst().port();
        ClientServer server = server(port);
        RemoteLog remote = remote(server, "");
        log.hold();
        var lost = remote.append(command(1));
        await().atMost(PATIENCE).until(() -> log.held() == 1);
        server.close();
        assertThatThrownBy(() -> join(lost)).isInstanceOf(UnknownOutcomeException.class);
        assertThatThrownBy(() -> join(remote.append(command(2)))).isInstanceOf(UnknownOutcomeException.class);
        log.release();
        server(port);
        await().atMost(PATIENCE).until(() -> {
            try {
                return join(remote.append(command(3))).height() == 3;
            } catch (UnknownOutcomeException notYet) {
                return false;
            }
        });
    }

    @Test
    void a_validator_that_accepts_and_says_nothing_is_given_up() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RemoteLog remote = remote(
                    new InetSocketAddress(mute.getInetAddress(), mute.getLocalPort()), "connect-timeout = 50 ms");
            assertThatThrownBy(() -> join(remote.append(command(1))))
                    .isInstanceOf(UnknownOutcomeException.class)
                    .hasMessageContaining("did not greet");
        }
        log.hold();
        RemoteLog remote = remote(server("heartbeat = 1 h, height-interval = 1 h"), "silence-timeout = 50 ms");
        assertThatThrownBy(() -> join(remote.append(command(1))))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("said nothing");
        RemoteLog patient = remote(
                server("heartbeat = 5 ms, height-interval = 5 ms"), "silence-timeout = 10 s, request-timeout = 50 ms");
        assertThatThrownBy(() -> join(patient.append(command(1))))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("no answer came");
    }

    @Test
    void a_validator_that_answers_garbage_or_what_nobody_asked_is_left() throws Exception {
        List<byte[]> lies = new ArrayList<>();
        lies.add(new byte[] {99});
        lies.add(CODEC.encode(new ClientFrame.Busy(1000, 1)));
        lies.add(CODEC.encode(new ClientFrame.Entries(1, List.of())));
        lies.add(CODEC.encode(new ClientFrame.Append(1, command(1))));
        for (byte[] lie : lies) {
            try (ServerSocket liar = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                RemoteLog remote = remote(new InetSocketAddress(liar.getInetAddress(), liar.getLocalPort()), "");
                var receipt = remote.append(command(1));
                try (Socket socket = liar.accept()) {
                    Peer peer = new Peer(socket);
                    assertThat(peer.read()).isEqualTo(new ClientFrame.Hello(1, CHAIN));
                    peer.send(CODEC.encode(new ClientFrame.Welcome(1, CHAIN, 1000, 0)));
                    assertThat(peer.read()).isInstanceOf(ClientFrame.Append.class);
                    peer.send(lie);
                    assertThatThrownBy(() -> join(receipt)).isInstanceOf(UnknownOutcomeException.class);
                    assertThat(peer.readToEnd()).isEmpty();
                }
            }
        }
    }

    @Test
    void a_client_notices_by_itself_that_a_server_is_of_another_chain_or_version() throws Exception {
        for (ClientFrame welcome : List.of(
                new ClientFrame.Welcome(1, "other\u001b[31m", 1000, 0), new ClientFrame.Welcome(2, CHAIN, 1000, 0))) {
            try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                RemoteLog remote = remote(new InetSocketAddress(other.getInetAddress(), other.getLocalPort()), "");
                var receipt = remote.append(command(1));
                try (Socket socket = other.accept()) {
                    Peer peer = new Peer(socket);
                    peer.send(CODEC.encode(welcome));
                    assertThatThrownBy(() -> join(receipt))
                            .isInstanceOf(UnknownOutcomeException.class)
                            .hasMessageMatching(
                                    ".*(serves chain 'other\\?\\[31m', not 'test chain'|speaks version 2).*");
                }
            }
        }
    }

    // Clients that do not.

    @Test
    void garbage_oversize_wrong_chain_wrong_version_and_misplaced_frames_are_told_so_and_cost_nobody_else()
            throws Exception {
        ClientServer server = server("");
        RemoteLog honest = remote(server, "");
        join(honest.append(command(1)));
        assertEnds(
                server,
                peer -> peer.raw("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                ProtocolError.TOO_LARGE);
        assertEnds(server, peer -> peer.send("hello".getBytes(StandardCharsets.US_ASCII)), ProtocolError.NOT_PARLEY);
        assertEnds(server, peer -> peer.send(new byte[0]), ProtocolError.MALFORMED);
        assertEnds(
                server,
                peer -> peer.send(CODEC.encode(new ClientFrame.Append(1, command(1)))),
                ProtocolError.NOT_PARLEY);
        assertEnds(
                server, peer -> peer.send(CODEC.encode(new ClientFrame.Hello(1, "other"))), ProtocolError.WRONG_CHAIN);
        assertEnds(
                server, peer -> peer.send(CODEC.encode(new ClientFrame.Hello(9, CHAIN))), ProtocolError.WRONG_VERSION);
        assertEnds(
                server,
                peer -> {
                    peer.greet();
                    peer.out.writeInt(Integer.MAX_VALUE);
                },
                ProtocolError.TOO_LARGE);
        assertEnds(
                server,
                peer -> {
                    peer.greet();
                    peer.send(CODEC.encode(new ClientFrame.Append(1, command(1, (1 << 20) + 1))));
                },
                ProtocolError.TOO_LARGE);
        for (ClientFrame misplaced :
                List.of(new ClientFrame.Hello(1, CHAIN), new ClientFrame.Height(4), new ClientFrame.Busy(1, 1))) {
            assertEnds(
                    server,
                    peer -> {
                        peer.greet();
                        peer.send(CODEC.encode(misplaced));
                    },
                    ProtocolError.MALFORMED);
        }
        join(honest.append(command(2)));
        assertThat(server.refused(ProtocolError.MALFORMED)).isEqualTo(4);
        await().atMost(PATIENCE).until(() -> server.connections() == 1);
    }

    @Test
    void random_bytes_end_their_own_connection_alone() throws Exception {
        ClientServer server = server("hello-timeout = 2 s, frame-timeout = 2 s");
        RemoteLog honest = remote(server, "");
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            try (Peer peer = new Peer(server)) {
                if (random.nextBoolean()) {
                    peer.greet();
                }
                byte[] garbage = new byte[1 + random.nextInt(5000)];
                random.nextBytes(garbage);
                if (random.nextBoolean()) {
                    peer.send(garbage);
                } else {
                    peer.raw(garbage);
                }
                peer.readToEnd();
            } catch (SocketException reset) {
                // So may a garbler be told.
            }
            join(honest.append(command(i + 1)));
        }
        await().atMost(PATIENCE).until(() -> server.connections() == 1);
    }

    @Test
    void who_sends_half_a_frame_or_a_byte_now_and_then_or_no_greeting_is_closed() throws Exception {
        ClientServer server = server("hello-timeout = 2 s, frame-timeout = 100 ms");
        RemoteLog honest = remote(server, "");
        join(honest.append(command(1)));
        assertEnds(server, peer -> {}, ProtocolError.TOO_SLOW);
        assertEnds(server, peer -> peer.out.writeShort(0), ProtocolError.TOO_SLOW);
        assertEnds(
                server,
                peer -> {
                    peer.greet();
                    peer.raw(Arrays.copyOf(new byte[] {0, 0, 3, 0, 3}, 100));
                },
                ProtocolError.TOO_SLOW);
        // The clock of a frame does not begin anew with each of its bytes.
        try (Peer slow = new Peer(server)) {
            slow.greet();
            slow.raw(new byte[] {0, 0, 8, 0});
            slow.socket.setSoTimeout(5);
            byte[] answer = null;
            for (int i = 0; i < 2000 && answer == null; i++) {
                try {
                    slow.raw(new byte[] {3});
                    ClientFrame frame = slow.read();
                    if (frame instanceof ClientFrame.Failure failure) {
                        assertThat(failure.error()).isEqualTo(ProtocolError.TOO_SLOW);
                        answer = new byte[0];
                    }
                } catch (SocketTimeoutException stillOpen) {
                    // Once more.
                }
            }
            assertThat(answer).as("closed at last").isNotNull();
        }
        join(honest.append(command(2)));
    }

    @Test
    void a_thousand_idle_connections_are_refused_over_the_bound_and_others_go_on() throws Exception {
        ClientServer server = server("max-connections = 50, hello-timeout = 10 minutes");
        RemoteLog honest = remote(server, "");
        join(honest.append(command(1)));
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                idle.add(new Socket(
                        server.address().getAddress(), server.address().getPort()));
            }
            await().atMost(PATIENCE).until(() -> server.refused(ProtocolError.TOO_MANY_CONNECTIONS) >= 951);
            assertThat(server.connections()).isEqualTo(50);
            join(honest.append(command(2)));
            // Only so many at once are told why.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(
                                    () -> join(remote(server, "").append(command(3))))
                            .isInstanceOf(UnknownOutcomeException.class)
                            .hasMessageContaining("has its 50 connections"));
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        await().atMost(PATIENCE).until(() -> server.connections() == 1);
        join(remote(server, "").append(command(4)));
    }

    @Test
    void one_address_may_have_so_many_connections_and_an_idle_one_ends() throws Exception {
        ClientServer server = server("max-connections-per-address = 2, idle-timeout = 3 s");
        try (Peer one = new Peer(server);
                Peer two = new Peer(server)) {
            one.greet();
            two.greet();
            assertEnds(server, peer -> {}, ProtocolError.TOO_MANY_CONNECTIONS);
            assertThat(last(one.readToEnd())).isEqualTo(ProtocolError.IDLE);
        }
        await().atMost(PATIENCE).until(() -> server.connections() == 0);
    }

    @Test
    void unfinished_frames_of_all_together_have_a_bound() throws Exception {
        ClientServer server = server("max-unfinished-bytes = 1200 KiB");
        try (Peer one = new Peer(server);
                Peer two = new Peer(server)) {
            one.greet();
            two.greet();
            byte[] most = new byte[900_000];
            most[1] = 15;
            one.raw(most);
            two.raw(most);
            await().atMost(PATIENCE).until(() -> server.refused(ProtocolError.OVERLOADED) == 1);
        }
        await().atMost(PATIENCE).until(() -> server.connections() == 0);
        join(remote(server, "").append(command(1, 1 << 20)));
    }

    @Test
    void who_does_not_read_its_answers_is_closed_and_holds_up_nobody() throws Exception {
        ClientServer server = server("stall-timeout = 100 ms, max-outstanding = 50");
        RemoteLog honest = remote(server, "");
        join(honest.append(command(1)));
        log.show(LongStream.rangeClosed(1, 50)
                .mapToObj(h -> LogEntry.of(Frames.block(h, 500_000)))
                .toList());
        try (Peer deaf = new Peer(server)) {
            deaf.greet();
            for (int i = 0; i < 200 && server.refused(ProtocolError.NOT_READING) == 0; i++) {
                try {
                    deaf.send(CODEC.encode(new ClientFrame.Read(i, 1)));
                } catch (SocketException closed) {
                    break;
                }
            }
            await().atMost(PATIENCE).until(() -> server.refused(ProtocolError.NOT_READING) == 1);
        }
        join(honest.append(command(2)));
    }

    // TLS.

    @Test
    void a_validator_is_known_by_its_key_and_no_other_is_taken_for_it() throws IOException {
        ClientServer server = server("tls = on");
        assertThat(join(remote(server, "tls = on").append(command(1)))).isEqualTo(Frames.receipt(1));
        PublicKey another = KeyPair.generate(new SecureRandom()).publicKey();
        RemoteLog misled = remote(another, server.address(), "tls = on");
        assertThatThrownBy(() -> join(misled.append(command(2))))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining(server.address().toString())
                .hasMessageContaining("it has the key " + OWN.publicKey() + ", not " + another)
                .hasMessageContaining("correct the addresses");
        assertThat(log.appended()).containsExactly(command(1));
        await().atMost(PATIENCE).until(() -> server.refused(ProtocolError.NO_TLS) == 1);
        await().atMost(PATIENCE).until(() -> server.connections() == 1);
    }

    @Test
    void who_has_no_tls_where_the_other_has_is_told_which_setting() throws IOException {
        ClientServer server = server("tls = on");
        assertThatThrownBy(() -> join(remote(server, "").append(command(1))))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("parley.client.remote.tls = on");
        assertThat(server.refused(ProtocolError.NO_TLS)).isEqualTo(1);
        assertThatThrownBy(() -> join(remote(server(""), "tls = on").append(command(1))))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("parley.client-server.tls there must be the same");
        assertThat(log.appended()).isEmpty();
    }

    @Test
    void who_is_refused_before_tls_is_there_is_told_why_by_tls() throws IOException {
        ClientServer server = server("tls = on, max-connections = 1");
        join(remote(server, "tls = on").append(command(1)));
        // Who takes long to shake hands is told by TLS no more.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(
                                () -> join(remote(server, "tls = on").append(command(2))))
                        .isInstanceOf(UnknownOutcomeException.class)
                        .hasMessageContaining("the server has its 1 connections"));
    }

    @Test
    void who_begins_tls_and_does_not_go_on_is_cut_off_and_others_are_served() throws IOException {
        ClientServer server = server("tls = on, hello-timeout = 3 s");
        // The header of a record of a handshake, and nothing after it; less than that; what claims to be a handshake
        // and is none.
        byte[] record = {22, 3, 1, 2, 0};
        byte[] nonsense = {22, 3, 1, 0, 4, 9, 9, 9, 9};
        for (byte[] begun : List.of(record, new byte[] {22, 3}, nonsense)) {
            try (Peer peer = new Peer(server)) {
                peer.raw(begun);
                join(remote(server, "tls = on").append(command(1)));
                peer.drain();
            }
        }
        await().atMost(PATIENCE).until(() -> server.connections() == 3);
    }

    @Test
    void closing_leaves_no_thread_and_tells_clients() throws Exception {
        ClientServer server = server("");
        try (Peer peer = new Peer(server)) {
            peer.greet();
            server.close();
            peer.readToEnd();
        }
        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("parley-client-server")));
        server.close();
        assertThatThrownBy(() -> new Peer(server)).isInstanceOf(IOException.class);
    }

    @Test
    void a_port_that_is_taken_is_named() throws IOException {
        ClientServer server = server("");
        assertThatThrownBy(() -> server("port = " + server.address().getPort()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(server.address().getPort()))
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void settings_out_of_bounds_are_named() {
        for (String wrong : List.of(
                "port = 70000",
                "threads = 0",
                "max-connections = 0",
                "page-bytes = 1 GiB",
                "max-unfinished-bytes = 1 MiB",
                "hello-timeout = 0")) {
            assertThatThrownBy(() -> ClientServerSettings.of(config(wrong, "")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("parley.client-server." + wrong.substring(0, wrong.indexOf(' ')));
        }
        assertThatThrownBy(() -> RemoteSettings.of(config("", "max-outstanding = 0")))
                .hasMessageContaining("parley.client.remote.max-outstanding");
    }

    private interface Talk {
        void to(Peer peer) throws IOException;
    }

    private static void assertEnds(ClientServer server, Talk talk, ProtocolError error) throws IOException {
        try (Peer peer = new Peer(server)) {
            talk.to(peer);
            assertThat(last(peer.readToEnd())).isEqualTo(error);
        }
    }

    private static ProtocolError last(List<ClientFrame> frames) {
        assertThat(frames).isNotEmpty();
        assertThat(frames.getLast()).isInstanceOf(ClientFrame.Failure.class);
        return ((ClientFrame.Failure) frames.getLast()).error();
    }

    /** The other end of a socket, by hand. */
    private static final class Peer implements AutoCloseable {
        private final Socket socket;
        private final DataOutputStream out;
        private final DataInputStream in;

        private Peer(ClientServer server) throws IOException {
            this(new Socket(server.address().getAddress(), server.address().getPort()));
        }

        private Peer(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout((int) PATIENCE.toMillis());
            out = new DataOutputStream(socket.getOutputStream());
            in = new DataInputStream(socket.getInputStream());
        }

        private void greet() throws IOException {
            send(CODEC.encode(new ClientFrame.Hello(1, CHAIN)));
            assertThat(read()).isInstanceOf(ClientFrame.Welcome.class);
        }

        private void send(byte[] frame) throws IOException {
            byte[] whole = new byte[4 + frame.length];
            ByteBuffer.wrap(whole).putInt(frame.length).put(frame);
            raw(whole);
        }

        private void raw(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        private ClientFrame read() throws IOException {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            try {
                return CODEC.decode(frame);
            } catch (MalformedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Reads until the server has ended the connection. */
        private void drain() throws IOException {
            try {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (SocketException reset) {
                // An end as well.
            }
        }

        private List<ClientFrame> readToEnd() throws IOException {
            List<ClientFrame> frames = new ArrayList<>();
            while (true) {
                try {
                    frames.add(read());
                } catch (EOFException end) {
                    return frames;
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private ClientServer server(String settings) throws IOException {
        ClientServer server =
                ClientServer.start(system, ClientServerSettings.of(config(settings, "")), OWN, CHAIN, CODEC, log);
        toClose.add(server);
        return server;
    }

    private RemoteLog remote(ClientServer server, String settings) {
        return remote(server.address(), settings);
    }

    private RemoteLog remote(InetSocketAddress address, String settings) {
        return remote(OWN.publicKey(), address, settings);
    }

    private RemoteLog remote(PublicKey expected, InetSocketAddress address, String settings) {
        RemoteLog remote = new RemoteLog(
                eventLoops.next(), expected, address, CHAIN, CODEC, RemoteSettings.of(config("", settings)));
        toClose.add(remote);
        return remote;
    }

    private static Config config(String server, String remote) {
        return ConfigFactory.parseString("parley.client-server { port = 0, " + server + " }")
                .withFallback(ConfigFactory.parseString("parley.client.remote { " + remote + " }"))
                .withFallback(ConfigFactory.parseString("""
                                parley.client.remote {
                                  connect-timeout = 30 s, silence-timeout = 30 s, min-backoff = 5 ms, max-backoff = 50 ms
                                }
                                """))
                .withFallback(ConfigFactory.parseString(IN_PLAIN))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    private static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture()
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
