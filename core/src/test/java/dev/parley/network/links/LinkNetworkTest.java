package dev.parley.network.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.CertificateAuthority;
import dev.parley.crypto.KeyPair;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.logging.LogContext;
import dev.parley.network.BindAddress;
import dev.parley.network.Network;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.network.TestAddresses;
import dev.parley.network.secure.Disagreement;
import dev.parley.network.secure.LinkIdentity;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.network.secure.TestIdentities;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What is links' own beside the contract of all networks, and what a process with a key can do to one. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("one link network at a time")
class LinkNetworkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MUCH = 3000;
    private static final ValidatorId V0 = new ValidatorId(0);
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V3 = new ValidatorId(3);
    private static final PeerCodec CODEC = new PeerCodec(new NoProtocol(), CommandBatch::read);

    private final TestIdentities identities = new TestIdentities();
    private final List<PeerAddress> addresses = TestAddresses.take(4);
    private final List<Node> nodes = new ArrayList<>();
    private int framesPerSecond = 1_000_000;
    /** Nobody is cut off because the machine is slow. */
    private LinkTimes times = new LinkTimes(50, 500, 10_000, 1_000, 60_000, 60_000, 60_000);

    /** One validator's process. */
    private final class Node implements Network.Inbox {
        final LinkNetwork network;
        final Network.Link link;
        final ConcurrentLinkedQueue<PeerMessage> got = new ConcurrentLinkedQueue<>();
        volatile boolean full;
        /** Room is found as soon as somebody asks to be told of it. */
        volatile boolean roomAtOnce;

        volatile @Nullable Runnable waits;
        volatile @Nullable String impersonated;

        Node(int index) {
            this(index, identities.of(index), identities.key(index));
        }

        Node(int place, LinkIdentity identity, KeyPair key) {
            LinksSettings settings = new LinksSettings(
                    addresses,
                    new BindAddress(
                            addresses.get(place).host(), addresses.get(place).port()),
                    null,
                    PeerCodec.MAX_FRAME_BYTES,
                    1 << 20,
                    32 << 20,
                    framesPerSecond);
            network = new LinkNetwork(settings, times, identity, key, CODEC, LogContext.none());
            link = network.join(identity.self(), this);
            nodes.add(this);
        }

        @Override
        public void deliver(ValidatorId from, PeerMessage message) {
            throw new AssertionError("only bytes come from a network");
        }

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {
            try {
                got.add(CODEC.decode(frame));
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public boolean isFull(ValidatorId from) {
            return full;
        }

        @Override
        public void whenRoom(ValidatorId from, Runnable then) {
            if (roomAtOnce) {
                full = false;
                then.run();
            } else {
                waits = then;
            }
        }

        @Override
        public void impersonated(String how) {
            impersonated = how;
        }

        List<Long> heights() {
            return got.stream()
                    .filter(message -> message instanceof PeerMessage.StateVoteRequest)
                    .map(message -> ((PeerMessage.StateVoteRequest) message).height())
                    .toList();
        }

        void say(int to, long height) {
            link.send(new ValidatorId(to), new PeerMessage.StateVoteRequest(height));
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(node -> node.network.close());
    }

    private void connected(Node... all) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (Node one : all) {
                for (Node other : all) {
                    if (one != other) {
                        assertThat(one.network.isOpen(other.network.self())).isTrue();
                    }
                }
            }
        });
    }

    /** A node for v1. */
    private Node connectedTo(Node other) {
        Node v1 = new Node(1);
        connected(other, v1);
        return v1;
    }

    @Test
    void a_peer_that_takes_nothing_costs_its_bound_and_others_nothing() {
        Node v0 = new Node(0);
        Node slow = new Node(1);
        Node v3 = new Node(3);
        connected(v0, slow, v3);
        slow.full = true;
        for (long i = 0; i < 200_000; i++) {
            v0.say(1, i);
            assertThat(v0.network.outstandingBytes(V1)).isLessThanOrEqualTo(1 << 20);
        }
        v0.say(3, 1);
        await().atMost(PATIENCE).until(() -> v3.heights().contains(1L));
        assertThat(v0.network.dropped(V1)).isPositive();
        await().atMost(PATIENCE).until(() -> slow.waits != null);
        assertThat(slow.got).as("what found no room").isEmpty();
        slow.full = false;
        Objects.requireNonNull(slow.waits).run();
        v0.say(1, 999_999);
        await().atMost(PATIENCE).until(() -> slow.heights().contains(999_999L));
        assertThat(slow.heights()).as("what was left is in order").isSorted().doesNotHaveDuplicates();
    }

    @Test
    void two_that_dial_at_once_are_left_with_one_connection() {
        for (int round = 0; round < 5; round++) {
            Node v0 = new Node(0);
            Node v1 = new Node(1);
            v1.network.dialNow(V0);
            v0.network.dialNow(V1);
            connected(v0, v1);
            v0.say(1, 1);
            v1.say(0, 2);
            await().atMost(PATIENCE)
                    .until(() ->
                            v0.heights().equals(List.of(2L)) && v1.heights().equals(List.of(1L)));
            close();
            nodes.clear();
        }
    }

    @Test
    void a_port_that_is_taken_is_named() throws IOException {
        try (ServerSocket taken = new ServerSocket(addresses.get(0).port(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> new Node(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                            "parley.network.links.bind-port", addresses.get(0).toString(), "choose another port");
        }
    }

    @Test
    void a_key_that_is_not_in_the_set_and_one_at_the_wrong_address_get_no_link() {
        Node v0 = new Node(0);
        Node stranger = new Node(1, new TestIdentities().of(1), KeyPair.generate(new SecureRandom()));
        Node misplaced = new Node(2, identities.of(3), identities.key(3));
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(v0.network.refused(V1, LinkRefusal.BAD_SIGNATURE)).isPositive();
            assertThat(v0.network.refused(new ValidatorId(2), LinkRefusal.BAD_SIGNATURE))
                    .as("who dials finds the key of v3 at the address of v2")
                    .isPositive();
        });
        stranger.say(0, 1);
        assertThat(v0.network.isOpen(V1)).isFalse();
        // It dials by itself, and is who it says.
        misplaced.say(0, 2);
        await().atMost(PATIENCE).until(() -> v0.heights().contains(2L));
        assertThat(v0.heights()).containsExactly(2L);
    }

    @Test
    void peers_of_another_chain_power_or_protocol_are_named_on_both_sides() {
        Node v0 = new Node(0);
        Node chain = new Node(1, identities.of(1, "x"), identities.key(1));
        Node power = new Node(2, identities.of(2, "test", "none", 3, Map.of()), identities.key(2));
        Node protocol = new Node(3, identities.of(3, "test", "other", 1, Map.of()), identities.key(3));
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(named(v0))
                    .containsExactly(
                            "v1 is of chain 'x', this node of 'test'",
                            "v2 has power 3 for v3, this node 1",
                            "v3 runs other, this node none");
            assertThat(named(chain)).first().isEqualTo("v0 is of chain 'test', this node of 'x'");
            assertThat(named(power)).first().isEqualTo("v0 has power 1 for v3, this node 3");
            assertThat(named(protocol)).first().isEqualTo("v0 runs none, this node other");
        });
        assertThat(v0.network.isOpen(V1)).isFalse();
    }

    private static List<String> named(Node node) {
        return node.network.disagreements().stream().map(Disagreement::what).toList();
    }

    @Test
    void who_shows_no_certificate_or_one_of_an_authority_is_told_apart_by_the_handshake(@TempDir Path folder)
            throws Exception {
        Node v0 = new Node(0);
        CertificateAuthority authority = CertificateAuthority.create(Duration.ofDays(-1), new SecureRandom());
        authority.issue(folder.resolve("key"), folder.resolve("certificate"));
        SslContextBuilder anybody = SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE);
        List<JdkSslContext> shown = List.of(
                (JdkSslContext) anybody.sslProvider(SslProvider.JDK).build(), (JdkSslContext) anybody.keyManager(
                                folder.resolve("certificate").toFile(),
                                folder.resolve("key").toFile())
                        .build());
        for (int i = 0; i < shown.size(); i++) {
            long expected = i + 1L;
            try (Socket socket = shown.get(i)
                    .context()
                    .getSocketFactory()
                    .createSocket(addresses.get(0).host(), addresses.get(0).port())) {
                assertThatThrownBy(() -> {
                            socket.getOutputStream().write(hello());
                            assertThat(socket.getInputStream().read()).isNotNegative();
                        })
                        .isInstanceOfAny(IOException.class, AssertionError.class);
            }
            await().atMost(PATIENCE).until(() -> v0.network.refused(null, LinkRefusal.HANDSHAKE_FAILED) == expected);
        }
        connectedTo(v0);
    }

    @Test
    void a_second_process_with_one_key_is_noticed_by_what_peers_say() {
        Node v0 = new Node(0);
        Node v1 = new Node(1);
        Node first = new Node(3);
        connected(v0, v1, first);
        first.say(0, 1);
        first.say(1, 1);
        await().atMost(PATIENCE)
                .until(() -> v0.heights().equals(List.of(1L)) && v1.heights().equals(List.of(1L)));
        Node second = new Node(2, identities.of(3), identities.key(3));
        await().atMost(PATIENCE).until(() -> first.impersonated != null || second.impersonated != null);
        assertThat(first.impersonated != null ? first.impersonated : second.impersonated)
                .isEqualTo("another process speaks as v3 to [v0, v1]");
        assertThat(v0.impersonated).isNull();
        assertThat(v1.impersonated).isNull();
    }

    @Test
    void one_peer_alone_makes_nobody_believe_in_a_second_process() throws IOException {
        Node v0 = new Node(0);
        for (int round = 0; round < 3; round++) {
            long height = round + 1L;
            try (SSLSocket socket = byzantine()) {
                OutputStream out = socket.getOutputStream();
                out.write(frame(
                        FrameType.HELLO,
                        new Hello(
                                        43 + round,
                                        1,
                                        1,
                                        999,
                                        1,
                                        1,
                                        identities.of(3).terms().toBytes())
                                .toBytes()));
                out.write(frame(FrameType.ACK, new BinaryWriter().i64(1).i64(1).toByteArray()));
                out.write(small(1, new PeerMessage.StateVoteRequest(height)));
                out.flush();
                await().atMost(PATIENCE).until(() -> v0.heights().contains(height));
            }
        }
        assertThat(v0.impersonated).isNull();
    }

    @Test
    void a_peer_is_read_on_when_there_is_room_again_before_anybody_waits_for_it() {
        Node v0 = new Node(0);
        Node v1 = connectedTo(v0);
        v0.roomAtOnce = true;
        for (long i = 1; i <= 1000; i++) {
            v0.full = true;
            v1.say(0, i);
        }
        await().atMost(PATIENCE).until(() -> v0.got.size() == 1000);
        assertThat(v0.heights()).isSorted();
    }

    // A process that has v3's key and speaks for itself

    private SSLSocket byzantine() throws IOException {
        LinkIdentity own = identities.of(3);
        SSLSocket socket = (SSLSocket) new PeerTls(own.validators(), V3, identities.key(3))
                .context(V0)
                .getSocketFactory()
                .createSocket(addresses.get(0).host(), addresses.get(0).port());
        socket.startHandshake();
        return socket;
    }

    private byte[] hello() {
        return frame(
                FrameType.HELLO,
                new Hello(42, 1, 1, 0, 1, 1, identities.of(3).terms().toBytes()).toBytes());
    }

    private static byte[] frame(FrameType type, byte[] rest) {
        return new BinaryWriter().i32(rest.length).u8(type.code()).raw(rest).toByteArray();
    }

    private static byte[] small(long number, PeerMessage message) {
        return frame(
                FrameType.SMALL,
                new BinaryWriter().i64(number).raw(CODEC.encode(message)).toByteArray());
    }

    private void breaks(LinkRefusal expected, byte[]... frames) throws IOException {
        Node v0 = new Node(0);
        Node v1 = connectedTo(v0);
        try (SSLSocket socket = byzantine()) {
            OutputStream out = socket.getOutputStream();
            for (byte[] frame : frames) {
                out.write(frame);
            }
            out.flush();
            await().atMost(PATIENCE).until(() -> v0.network.refused(V3, expected) == 1);
        }
        v1.say(0, 5);
        await().atMost(PATIENCE).until(() -> v0.heights().contains(5L));
        assertThat(v0.network.isOpen(V3)).isFalse();
    }

    @Test
    void garbage_behind_the_handshake_ends_the_link() throws IOException {
        breaks(LinkRefusal.MALFORMED, new byte[] {0, 0, 0, 5, 99, 1, 2, 3, 4, 5});
    }

    @Test
    void a_frame_before_the_greeting_ends_the_link() throws IOException {
        breaks(LinkRefusal.MALFORMED, small(1, new PeerMessage.StateVoteRequest(1)));
    }

    @Test
    void a_second_greeting_ends_the_link() throws IOException {
        breaks(LinkRefusal.MALFORMED, hello(), hello());
    }

    @Test
    void a_gap_in_the_numbers_ends_the_link() throws IOException {
        breaks(
                LinkRefusal.REPLAYED,
                hello(),
                small(1, new PeerMessage.StateVoteRequest(1)),
                small(3, new PeerMessage.StateVoteRequest(3)));
    }

    @Test
    void an_acknowledgement_of_what_was_never_sent_ends_the_link() throws IOException {
        breaks(
                LinkRefusal.BAD_ACKNOWLEDGEMENT,
                hello(),
                frame(FrameType.ACK, new BinaryWriter().i64(1000).i64(1).toByteArray()));
    }

    @Test
    void a_claimed_length_is_refused_before_anything_is_kept_for_it() throws IOException {
        breaks(LinkRefusal.OVERSIZED, hello(), new byte[] {0x7f, -1, -1, -1, 4});
    }

    @Test
    void a_large_frame_over_the_bound_is_refused_at_its_first_piece() throws IOException {
        breaks(
                LinkRefusal.OVERSIZED,
                hello(),
                frame(
                        FrameType.LARGE,
                        new BinaryWriter().i64(1).i32(1 << 30).u8(1).toByteArray()));
    }

    @Test
    void what_was_seen_is_not_delivered_again() throws IOException {
        Node v0 = new Node(0);
        try (SSLSocket socket = byzantine()) {
            OutputStream out = socket.getOutputStream();
            out.write(hello());
            for (long number : List.of(1L, 2L, 1L, 2L, 3L)) {
                out.write(small(number, new PeerMessage.StateVoteRequest(number)));
            }
            out.flush();
            await().atMost(PATIENCE).until(() -> v0.heights().contains(3L));
        }
        assertThat(v0.heights()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_flood_is_left_in_the_peers_own_memory_while_there_is_no_room_and_loses_nothing() throws Exception {
        Node v0 = new Node(0);
        v0.full = true;
        int count = 100_000;
        try (SSLSocket socket = byzantine()) {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 14);
            AtomicInteger written = new AtomicInteger();
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    out.write(hello());
                    for (long number = 1; number <= count; number++) {
                        out.write(small(number, new PeerMessage.StateVoteRequest(number)));
                        written.incrementAndGet();
                    }
                    out.flush();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            await().atMost(PATIENCE).until(() -> v0.waits != null && written.get() > count / 4);
            assertThat(v0.got).isEmpty();
            v0.full = false;
            Objects.requireNonNull(v0.waits).run();
            await().atMost(PATIENCE).until(() -> v0.got.size() == count);
            writer.join();
        }
        assertThat(v0.heights()).isSorted().doesNotHaveDuplicates();
        assertThat(v0.network.refused(V3, LinkRefusal.OVER_CAPACITY)).isZero();
    }

    @Test
    void others_do_not_wait_for_a_peer_that_says_too_much() throws IOException {
        // For all that it says it would take an hour.
        framesPerSecond = 1;
        Node v0 = new Node(0);
        Node v1 = connectedTo(v0);
        try (SSLSocket socket = byzantine()) {
            sayMuch(socket);
            v1.say(0, 9999);
            await().atMost(PATIENCE).until(() -> v0.heights().contains(9999L));
            assertThat(v0.got).hasSizeLessThan(MUCH);
        }
    }

    @Test
    void a_peer_that_says_too_much_waits_and_is_heard() throws IOException {
        framesPerSecond = 1000;
        Node v0 = new Node(0);
        long begun = System.nanoTime();
        try (SSLSocket socket = byzantine()) {
            sayMuch(socket);
            await().atMost(PATIENCE).until(() -> v0.got.size() == MUCH);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1900));
    }

    private void sayMuch(SSLSocket socket) throws IOException {
        OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 14);
        out.write(hello());
        for (long number = 1; number <= MUCH; number++) {
            out.write(small(number, new PeerMessage.StateVoteRequest(number)));
        }
        out.flush();
    }

    @Test
    void acknowledgements_of_nothing_count_as_frames_and_what_follows_them_waits() throws IOException {
        framesPerSecond = 1000;
        Node v0 = new Node(0);
        int count = 3000;
        byte[] nothing = frame(FrameType.ACK, new BinaryWriter().i64(1).i64(1).toByteArray());
        long begun = System.nanoTime();
        try (SSLSocket socket = byzantine()) {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 14);
            out.write(hello());
            for (int i = 0; i < count; i++) {
                out.write(nothing);
            }
            out.write(small(1, new PeerMessage.StateVoteRequest(1)));
            out.flush();
            await().atMost(PATIENCE).until(() -> v0.heights().contains(1L));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1900));
    }

    @Test
    void acknowledgements_of_what_was_sent_do_not_make_a_peer_wait() throws IOException {
        // Were they counted, it would take a quarter of an hour.
        framesPerSecond = 1;
        Node v0 = new Node(0);
        int count = 1000;
        try (SSLSocket socket = byzantine()) {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 14);
            out.write(hello());
            out.flush();
            await().atMost(PATIENCE).until(() -> v0.network.isOpen(V3));
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            for (long i = 1; i <= count; i++) {
                v0.say(3, i);
                FrameType type = null;
                while (type != FrameType.SMALL) {
                    int length = in.readInt();
                    type = FrameType.of(in.readByte());
                    in.skipNBytes(length);
                }
                out.write(frame(
                        FrameType.ACK, new BinaryWriter().i64(i + 1).i64(1).toByteArray()));
                out.flush();
            }
            out.write(small(1, new PeerMessage.StateVoteRequest(1)));
            out.flush();
            await().atMost(PATIENCE).until(() -> v0.heights().contains(1L));
        }
    }

    @Test
    void a_peer_that_is_distrusted_is_not_heard_for_a_while_and_then_again() {
        Node v0 = new Node(0);
        Node v1 = connectedTo(v0);
        v0.link.distrust(V1);
        await().atMost(PATIENCE).until(() -> v0.network.refused(V1, LinkRefusal.USELESS) == 1);
        v1.say(0, 1);
        await().atMost(PATIENCE).until(() -> v0.heights().contains(1L));
    }

    @Test
    void frames_that_have_come_before_are_borne_up_to_a_bound() throws IOException {
        byte[] again = small(1, new PeerMessage.StateVoteRequest(1));
        byte[][] frames = new byte[LinksSettings.FRAMES_UNDER_WAY + 3][];
        Arrays.fill(frames, again);
        frames[0] = hello();
        breaks(LinkRefusal.REPLAYED, frames);
    }

    @Test
    void who_broke_the_rules_is_not_heard_for_a_while_and_then_again() throws IOException {
        breaks(LinkRefusal.MALFORMED, new byte[] {0, 0, 0, 0, 77});
        new Node(3).say(0, 8);
        await().atMost(PATIENCE).until(() -> nodes.getFirst().heights().contains(8L));
    }

    @Test
    void connections_that_show_no_key_are_few_and_end() throws IOException {
        times = LinkTimes.DEFAULT;
        Node v0 = new Node(0);
        Node v1 = connectedTo(v0);
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            idle.add(new Socket(addresses.get(0).host(), addresses.get(0).port()));
        }
        await().atMost(PATIENCE).until(() -> v0.network.refused(null, LinkRefusal.TOO_MANY_HANDSHAKES) > 0);
        v1.say(0, 4);
        await().atMost(PATIENCE).until(() -> v0.heights().contains(4L));
        await().atMost(PATIENCE).until(() -> {
            for (Socket socket : idle) {
                if (socket.getInputStream().read() >= 0) {
                    return false;
                }
                socket.close();
            }
            return true;
        });
    }

    @Test
    void who_shows_its_key_and_says_nothing_has_one_connection_and_that_for_five_seconds() throws IOException {
        times = LinkTimes.DEFAULT;
        Node v0 = new Node(0);
        connectedTo(v0);
        List<SSLSocket> silent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            silent.add(byzantine());
        }
        // The hello of v0, and then the end.
        for (SSLSocket socket : silent.subList(0, 3)) {
            assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
        }
        assertThat(v0.network.refused(V3, LinkRefusal.NO_HELLO)).isZero();
        assertThat(silent.getLast().getInputStream().readAllBytes()).isNotEmpty();
        assertThat(v0.network.refused(V3, LinkRefusal.NO_HELLO)).isOne();
        new Node(3).say(0, 6);
        await().atMost(PATIENCE).until(() -> v0.heights().contains(6L));
    }

    /** Heartbeats every 50 ms, and a long patience but for what is said. */
    private static LinkTimes times(long silenceMillis, long stallMillis) {
        return new LinkTimes(50, 500, 10_000, 50, silenceMillis, stallMillis, 60_000);
    }

    @Test
    void who_says_nothing_any_more_is_taken_for_gone() throws IOException {
        times = times(500, 60_000);
        Node v0 = new Node(0);
        try (SSLSocket socket = byzantine()) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(hello());
            // The hello of v0, heartbeats, and then the end.
            long patience = System.nanoTime() + PATIENCE.toNanos();
            while (socket.getInputStream().read() >= 0) {
                assertThat(System.nanoTime()).isLessThan(patience);
            }
        }
        for (LinkRefusal refusal : LinkRefusal.values()) {
            assertThat(v0.network.refused(V3, refusal)).isZero();
        }
    }

    @Test
    void who_takes_nothing_of_what_is_written_is_cut_off_though_it_speaks() throws IOException {
        times = times(60_000, 500);
        Node v0 = new Node(0);
        connectedTo(v0);
        byte[] nothingNew =
                frame(FrameType.ACK, new BinaryWriter().i64(1).i64(1).toByteArray());
        PeerMessage large = new PeerMessage.Commands(
                List.of(new Command(new CommandId(new ClientId(1, 1), 1), 0, Long.MAX_VALUE, new byte[1 << 20])));
        try (SSLSocket socket = byzantine()) {
            socket.getOutputStream().write(hello());
            await().atMost(PATIENCE).until(() -> v0.network.isOpen(V3));
            // More than fits into the buffers of both sides.
            for (int i = 0; i < 24; i++) {
                v0.link.send(V3, large);
            }
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> {
                        if (!v0.network.isOpen(V3)) {
                            return true;
                        }
                        socket.getOutputStream().write(nothingNew);
                        return false;
                    });
        }
    }
}
