package dev.parley.network.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.CertificateAuthority;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import dev.parley.network.Network;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.network.TestAddresses;
import dev.parley.network.secure.Datagram;
import dev.parley.network.secure.Disagreement;
import dev.parley.network.secure.LinkIdentity;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.network.secure.TestIdentities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.eventstream.EventStream;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What is this network's own beside the contract of all networks. Four actor systems that reach each other over loopback, as four processes would. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("one cluster network at a time")
class ClusterNetworkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final ValidatorId V0 = new ValidatorId(0);
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V3 = new ValidatorId(3);
    private static final PeerCodec CODEC = new PeerCodec(new NoProtocol(), CommandBatch::read);

    private final TestIdentities identities = new TestIdentities();
    private final List<ActorSystem<?>> systems = new ArrayList<>();
    private final String addresses = TestAddresses.take(4).stream()
            .map(address -> "\"" + address + "\"")
            .collect(Collectors.joining(", ", "[", "]"));

    private record Got(ValidatorId from, PeerMessage message) {}

    /** An actor system that listens at a validator's address. */
    private final class Place {
        final ActorSystem<?> system;
        final ClusterSettings settings;

        Place(int index, String hocon) {
            Config base = ConfigFactory.parseString(hocon)
                    .withFallback(ConfigFactory.parseString("parley.network.cluster.addresses = " + addresses))
                    .withFallback(ConfigFactory.parseString("""
                            pekko.coordinated-shutdown.run-by-actor-system-terminate = off
                            pekko.loglevel = ERROR
                            pekko.cluster.jmx.enabled = off
                            pekko.remote.artery.bind.bind-timeout = 30s
                            """))
                    .withFallback(ConfigFactory.load());
            settings = ClusterSettings.of(base);
            system = ActorSystem.create(
                    Behaviors.empty(), "parley", settings.systemConfig(new ValidatorId(index), base));
            systems.add(system);
        }
    }

    /** One validator's process. */
    private final class Node implements Network.BottomlessInbox {
        final ActorSystem<?> system;
        final ClusterSettings settings;
        final ClusterNetwork network;
        final Network.Link link;
        final ConcurrentLinkedQueue<Got> got = new ConcurrentLinkedQueue<>();

        Node(int index, String hocon) {
            this(index, identities.of(index), hocon);
        }

        /** @param place whose address it takes */
        Node(int place, LinkIdentity identity, String hocon) {
            this(new Place(place, hocon), identity);
        }

        Node(Place place, LinkIdentity identity) {
            settings = place.settings;
            system = place.system;
            network = ClusterNetwork.start(system, settings, identity, CODEC);
            link = network.join(identity.self(), this);
        }

        @Override
        public void deliver(ValidatorId from, PeerMessage message) {
            throw new AssertionError("only bytes come from a network");
        }

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {
            try {
                PeerMessage message = CODEC.decode(frame);
                got.add(new Got(from, message));
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }

        List<Long> heights(ValidatorId from) {
            return got.stream()
                    .filter(g -> g.from().equals(from) && g.message() instanceof PeerMessage.StateVoteRequest)
                    .map(g -> ((PeerMessage.StateVoteRequest) g.message()).height())
                    .toList();
        }

        boolean hasLarge() {
            return got.stream().anyMatch(g -> g.message() instanceof PeerMessage.Commands);
        }

        void kill() {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
    }

    @AfterEach
    void stop() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(
                system -> system.getWhenTerminated().toCompletableFuture().join());
    }

    @Test
    void a_validator_restarts_at_its_address_while_another_is_dead_for_good() {
        List<Node> nodes = start(4, "");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ClusterView.of(nodes.get(0).system, nodes.get(0).settings)
                                .states())
                        .containsOnly(ClusterView.State.UP));
        nodes.get(0).link.broadcast(new PeerMessage.StateVoteRequest(1));
        await().atMost(PATIENCE).until(() -> nodes.get(1).heights(V0).contains(1L));
        nodes.get(3).kill();
        nodes.get(1).kill();
        nodes.get(0).link.broadcast(new PeerMessage.StateVoteRequest(2));
        Node again = new Node(1, "");
        nodes.get(0).link.broadcast(new PeerMessage.StateVoteRequest(3));
        again.link.broadcast(new PeerMessage.StateVoteRequest(4));
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(again.heights(V0)).endsWith(2L, 3L);
            assertThat(nodes.get(0).heights(V1)).contains(4L);
            assertThat(nodes.get(2).heights(V1)).contains(4L);
        });
        assertThat(ClusterView.of(nodes.get(0).system, nodes.get(0).settings).state(V3))
                .as("the membership has not forgotten the dead one, and nobody has asked it")
                .isNotEqualTo(ClusterView.State.ABSENT);
    }

    @Test
    void who_was_spoken_to_before_it_listened_goes_on_hearing_when_remoting_shortens_addresses() {
        String hasty = WITHOUT_MEMBERSHIP + """

                pekko.remote.artery.advanced.compression.actor-refs.advertisement-interval = 10ms
                pekko.remote.artery.advanced.compression.manifests.advertisement-interval = 10ms
                """;
        Node speaker = new Node(0, hasty);
        Place place = new Place(1, hasty);
        AtomicInteger unheard = new AtomicInteger();
        ActorRef<DeadLetter> counter = place.system.systemActorOf(
                Behaviors.receiveMessage(letter -> {
                    unheard.addAndGet(letter.message() instanceof Datagram ? 1 : 0);
                    return Behaviors.same();
                }),
                "unheard",
                Props.empty());
        place.system.eventStream().tell(new EventStream.Subscribe<>(DeadLetter.class, counter));
        speaker.link.send(V1, new PeerMessage.StateVoteRequest(0));
        await().atMost(PATIENCE).until(() -> unheard.get() > 2);
        Node listener = new Node(place, identities.of(1));
        for (long i = 1; i <= 1000; i++) {
            long height = i;
            speaker.link.send(V1, new PeerMessage.StateVoteRequest(height));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> listener.got.size() >= height);
        }
    }

    @Test
    void a_foreign_key_a_foreign_chain_and_garbage_are_refused_and_counted() {
        Node good = new Node(0, WITHOUT_MEMBERSHIP);
        Node impostor = new Node(3, new TestIdentities().of(1), WITHOUT_MEMBERSHIP);
        Node stranger = new Node(2, identities.of(2, "another chain"), WITHOUT_MEMBERSHIP);
        impostor.link.send(V0, new PeerMessage.StateVoteRequest(1));
        stranger.link.send(V0, new PeerMessage.StateVoteRequest(2));
        ActorRefResolver.get(stranger.system)
                .<Datagram>resolveActorRef("pekko://parley@" + good.settings.address(V0) + "/system/parley-small")
                .tell(new Datagram(new byte[] {9, 9}, new byte[] {9}));
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(good.network.refused(V1, LinkRefusal.BAD_SIGNATURE)).isPositive();
            assertThat(good.network.refused(new ValidatorId(2), LinkRefusal.FOREIGN_CHAIN))
                    .isPositive();
            assertThat(good.network.refused(null, LinkRefusal.MALFORMED)).isEqualTo(1);
        });
        assertThat(good.got).isEmpty();
        assertThat(good.network.isOpen(V1)).isFalse();
    }

    @Test
    void peers_of_another_chain_power_or_protocol_are_named_on_both_sides_and_the_others_go_on() {
        Node good = new Node(0, WITHOUT_MEMBERSHIP);
        Node chain = new Node(1, identities.of(1, "x"), WITHOUT_MEMBERSHIP);
        Node power = new Node(2, identities.of(2, "test", "none", 3, Map.of()), WITHOUT_MEMBERSHIP);
        Node protocol = new Node(3, identities.of(3, "test", "other", 1, Map.of()), WITHOUT_MEMBERSHIP);
        for (Node node : List.of(good, chain, power, protocol)) {
            node.link.broadcast(new PeerMessage.StateVoteRequest(1));
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(named(good))
                    .containsExactly(
                            "v1 is of chain 'x', this node of 'test'",
                            "v2 has power 3 for v3, this node 1",
                            "v3 runs other, this node none");
            assertThat(named(chain)).first().isEqualTo("v0 is of chain 'test', this node of 'x'");
            assertThat(named(power)).first().isEqualTo("v0 has power 1 for v3, this node 3");
            assertThat(named(protocol)).first().isEqualTo("v0 runs none, this node other");
        });
        assertThat(good.network.refused(V1, LinkRefusal.FOREIGN_CHAIN)).isPositive();
        assertThat(good.got).isEmpty();
        power.kill();
        Node mended = new Node(2, WITHOUT_MEMBERSHIP);
        mended.link.send(V0, new PeerMessage.StateVoteRequest(7));
        await().atMost(PATIENCE).until(() -> good.heights(new ValidatorId(2)).contains(7L));
        assertThat(named(good)).hasSize(2);
    }

    private static List<String> named(Node node) {
        return node.network.disagreements().stream()
                .filter(Disagreement::proven)
                .map(Disagreement::what)
                .toList();
    }

    @Test
    void untrusted_remoting_passes_messages_for_the_fixed_actors_and_nothing_that_ends_them() {
        List<Node> nodes = start(2, WITHOUT_MEMBERSHIP);
        String path = "pekko://parley@" + nodes.get(1).settings.address(V1) + "/system/parley-small";
        ActorRef<Object> fixed = ActorRefResolver.get(nodes.get(0).system).resolveActorRef(path);
        Datagram bad = new Datagram(new byte[] {9}, new byte[0]);
        fixed.tell(PoisonPill.getInstance());
        fixed.tell(Kill.getInstance());
        Adapter.toClassic(nodes.get(0).system)
                .actorSelection(path)
                .tell(bad, org.apache.pekko.actor.ActorRef.noSender());
        fixed.tell(bad);
        await().atMost(PATIENCE).until(() -> nodes.get(1).network.refused(null, LinkRefusal.MALFORMED) > 0);
        nodes.get(0).link.send(V1, new PeerMessage.StateVoteRequest(1));
        await().atMost(PATIENCE).until(() -> nodes.get(1).heights(V0).contains(1L));
        assertThat(nodes.get(1).network.refused(null, LinkRefusal.MALFORMED))
                .as("what was sent to the reference came, what was sent to a selection did not")
                .isEqualTo(1);
    }

    @Test
    void tls_lets_in_who_has_a_certificate_of_the_authority(@TempDir Path folder) throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(Duration.ofDays(1), new SecureRandom());
        CertificateAuthority another = CertificateAuthority.create(Duration.ofDays(1), new SecureRandom());
        Node v0 = new Node(0, tls(folder.resolve("v0"), authority));
        Node v1 = new Node(1, tls(folder.resolve("v1"), authority));
        Node v2 = new Node(2, tls(folder.resolve("v2"), another));
        for (int i = 0; i < 100; i++) {
            v2.link.send(V0, new PeerMessage.StateVoteRequest(i));
            v0.link.send(V1, new PeerMessage.StateVoteRequest(i));
            v1.link.send(V0, new PeerMessage.StateVoteRequest(i));
        }
        v0.link.send(V1, commandsOf(1 << 20));
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(v0.heights(V1)).hasSize(100);
            assertThat(v1.heights(V0)).hasSize(100);
            assertThat(v1.hasLarge()).isTrue();
        });
        assertThat(v0.heights(new ValidatorId(2))).isEmpty();
        assertThat(v2.network.isOpen(V0)).isFalse();
    }

    private static final String WITHOUT_MEMBERSHIP = "parley.network.cluster.membership = off";

    private static String tls(Path folder, CertificateAuthority authority) throws IOException {
        Files.createDirectories(folder);
        authority.save(folder.resolve("authority.pem"));
        authority.issue(folder.resolve("key.pem"), folder.resolve("certificate.pem"));
        return WITHOUT_MEMBERSHIP
                + "\nparley.network.cluster.tls { enabled = on, key-file = \"%1$s/key.pem\", certificate-file = \"%1$s/certificate.pem\", authority-file = \"%1$s/authority.pem\" }"
                        .formatted(folder);
    }

    private List<Node> start(int count, String hocon) {
        return IntStream.range(0, count).mapToObj(i -> new Node(i, hocon)).toList();
    }

    private static PeerMessage.Commands commandsOf(int bytes) {
        int each = Math.min(bytes, 1 << 20);
        return new PeerMessage.Commands(Stream.iterate(0, i -> i + 1)
                .limit(bytes / each)
                .map(i -> {
                    byte[] content = new byte[each];
                    Arrays.fill(content, (byte) (i + 1));
                    return new Command(new CommandId(new ClientId(1, 2), i + 1), 1, 1000, content);
                })
                .toList());
    }
}
