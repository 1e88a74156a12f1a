package dev.parley.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import dev.parley.LocalCluster;
import dev.parley.Membership;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.crypto.Ed25519;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.SigningDomain;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandId;
import dev.parley.network.Network;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import dev.parley.network.secure.ChainTerms;
import dev.parley.network.secure.LinkIdentity;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link Network} promises, held against four validators over one. A test class for each kind of network extends it. */
@Timeout(120)
public abstract class NetworkContract {
    protected static final Duration PATIENCE = Duration.ofSeconds(60);
    protected static final int VALIDATORS = 4;

    private static final SigningDomain DOMAIN = new SigningDomain("network", 0);

    private final Ed25519 scheme = Ed25519.fastest();
    private final List<KeyPair> keys = Stream.generate(() -> KeyPair.generate(new SecureRandom()))
            .limit(VALIDATORS)
            .toList();
    private final ValidatorSet validators =
            ValidatorSet.of(scheme, keys.stream().map(KeyPair::publicKey).toList());
    private final Map<Integer, Member> members = new TreeMap<>();

    /** For what a network is given. */
    protected final PeerCodec codec = new Membership(DOMAIN, validators, List.of())
            .peerCodec(LocalCluster.protocol(ConfigFactory.load()), scheme);

    /** What came, and in whose name. */
    protected record Received(ValidatorId from, PeerMessage message) {}

    /** One validator as its network sees it. */
    protected final class Member implements Network.Inbox {
        private final ConcurrentLinkedQueue<Received> received = new ConcurrentLinkedQueue<>();
        public final Network network;
        private final Network.Link link;
        private final Map<ValidatorId, Runnable> waiting = new TreeMap<>();
        private boolean full;

        private Member(int index) {
            network = open(index);
            link = network.join(new ValidatorId(index), this);
        }

        @Override
        public void deliver(ValidatorId from, PeerMessage message) {
            received.add(new Received(from, message));
        }

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {
            try {
                deliver(from, codec.decode(frame));
            } catch (MalformedException e) {
                throw new AssertionError("what was sent came garbled", e);
            }
        }

        @Override
        public synchronized boolean isFull(ValidatorId from) {
            return full;
        }

        @Override
        public void whenRoom(ValidatorId from, Runnable then) {
            synchronized (this) {
                if (full) {
                    waiting.put(from, then);
                    return;
                }
            }
            then.run();
        }

        @Override
        public void impersonated(String how) {
            throw new AssertionError(how);
        }

        /** From now on networks should hand over nothing. */
        public synchronized void leaveNoRoom() {
            full = true;
        }

        public void makeRoom() {
            List<Runnable> told;
            synchronized (this) {
                full = false;
                told = List.copyOf(waiting.values());
                waiting.clear();
            }
            told.forEach(Runnable::run);
        }

        /** Something small. */
        public void say(int to, long number) {
            link.send(new ValidatorId(to), new PeerMessage.StateVoteRequest(number));
        }

        public void sayToAll(long number) {
            link.broadcast(new PeerMessage.StateVoteRequest(number));
        }

        public void send(int to, PeerMessage message) {
            link.send(new ValidatorId(to), message);
        }

        /** The numbers of the small messages that came from a validator. */
        public List<Long> heard(int from) {
            return received.stream()
                    .filter(each ->
                            each.from().index() == from && each.message() instanceof PeerMessage.StateVoteRequest)
                    .map(each -> ((PeerMessage.StateVoteRequest) each.message()).height())
                    .toList();
        }

        /** The contents of the commands that came from a validator. */
        public List<byte[]> contents(int from) {
            return received.stream()
                    .filter(each -> each.from().index() == from && each.message() instanceof PeerMessage.Commands)
                    .map(each -> ((PeerMessage.Commands) each.message())
                            .commands()
                            .getFirst()
                            .content())
                    .toList();
        }
    }

    /** Makes what a validator's process has of the network; again at the same address after {@link #close(int)}. */
    protected abstract Network open(int validator);

    /** The validator's process ends in order; nothing of the network is left in it. */
    protected abstract void close(int validator);

    /** Who a validator is to the others. */
    protected final LinkIdentity identity(int index) {
        return new LinkIdentity(
                new ValidatorId(index),
                validators,
                DOMAIN,
                ChainTerms.of(DOMAIN, validators, "hotstuff", Map.of()),
                scheme,
                key(index).signer(scheme));
    }

    protected final KeyPair key(int index) {
        return keys.get(index);
    }

    protected final Member begin(int validator) {
        Member member = new Member(validator);
        members.put(validator, member);
        return member;
    }

    protected final List<Member> beginAll() {
        return IntStream.range(0, VALIDATORS).mapToObj(this::begin).toList();
    }

    protected final void end(int validator) {
        Member gone = members.remove(validator);
        if (gone != null) {
            gone.link.close();
        }
        close(validator);
    }

    @AfterEach
    void endAll() {
        List.copyOf(members.keySet()).forEach(this::end);
    }

    protected static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    /** One command, of random bytes that differ from one seed to another. */
    protected static PeerMessage.Commands commandOf(int bytes, long seed) {
        byte[] content = new byte[bytes];
        new SplittableRandom(seed).nextBytes(content);
        return new PeerMessage.Commands(
                List.of(new Command(new CommandId(new ClientId(1, 1), seed), Command.DEFAULT_LANE, 1, content)));
    }

    @Test
    void what_each_says_to_all_arrives_under_its_name_and_in_order_and_not_at_itself() {
        List<Member> all = beginAll();
        for (long i = 0; i < 1000; i++) {
            for (Member member : all) {
                member.sayToAll(i);
            }
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (int to = 0; to < VALIDATORS; to++) {
                for (int from = 0; from < VALIDATORS; from++) {
                    assertThat(all.get(to).heard(from)).isEqualTo(from == to ? List.of() : numbers(0, 1000));
                }
            }
        });
    }

    @Test
    void messages_of_all_sizes_arrive_as_they_were_sent() {
        Member v0 = begin(0);
        Member v1 = begin(1);
        List<PeerMessage.Commands> sent = new ArrayList<>();
        for (int size : List.of(0, 1, 100, 60 << 10, 70 << 10, 128 << 10, 1 << 20)) {
            sent.add(commandOf(size, sent.size() + 1));
        }
        sent.forEach(message -> v0.send(1, message));
        await().atMost(PATIENCE).until(() -> v1.contents(0).size() == sent.size());
        assertThat(v1.contents(0))
                .usingElementComparator(Arrays::compare)
                .containsExactlyInAnyOrderElementsOf(sent.stream()
                        .map(message -> message.commands().getFirst().content())
                        .toList());
    }

    @Test
    void small_ones_keep_their_order_among_themselves_and_large_ones_too() {
        Member v0 = begin(0);
        Member v1 = begin(1);
        for (long i = 0; i < 30; i++) {
            v0.send(1, commandOf(200_000 + (int) i, i + 1));
            for (long j = 0; j < 10; j++) {
                v0.say(1, 10 * i + j);
            }
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(v1.contents(0)).hasSize(30));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(v1.heard(0)).isEqualTo(numbers(0, 300)));
        assertThat(v1.contents(0).stream().map(content -> content.length))
                .isEqualTo(IntStream.range(200_000, 200_030).boxed().toList());
    }

    @Test
    void who_is_not_there_holds_up_nobody() {
        Member v0 = begin(0);
        Member v1 = begin(1);
        for (long i = 0; i < 1000; i++) {
            v0.sayToAll(i);
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(v1.heard(0)).isEqualTo(numbers(0, 1000)));
    }

    @Test
    void who_joins_again_replaces_its_former_self() {
        Member v0 = begin(0);
        Member v1 = begin(1);
        v0.say(1, 1);
        await().atMost(PATIENCE).until(() -> v1.heard(0).contains(1L));
        Network.Link later = v0.network.join(new ValidatorId(0), v0);
        v0.say(1, 2);
        later.send(new ValidatorId(1), new PeerMessage.StateVoteRequest(3));
        await().atMost(PATIENCE).until(() -> v1.heard(0).contains(3L));
        assertThat(v1.heard(0)).containsExactly(1L, 3L);
        v1.say(0, 4);
        await().atMost(PATIENCE).until(() -> v0.heard(1).contains(4L));
    }

    @Test
    void who_has_left_is_not_heard() {
        Member v0 = begin(0);
        Member v1 = begin(1);
        Member v2 = begin(2);
        v0.say(1, 1);
        await().atMost(PATIENCE).until(() -> v1.heard(0).contains(1L));
        v0.link.close();
        v0.say(1, 2);
        v2.say(1, 3);
        await().atMost(PATIENCE).until(() -> v1.heard(2).contains(3L));
        assertThat(v1.heard(0)).containsExactly(1L);
    }

    @Test
    void who_begins_again_is_heard_and_hears_while_another_is_gone_for_good() {
        List<Member> all = beginAll();
        all.getFirst().sayToAll(1);
        await().atMost(PATIENCE).until(() -> all.get(1).heard(0).contains(1L));
        end(3);
        end(1);
        all.getFirst().sayToAll(2);
        Member again = begin(1);
        again.sayToAll(3);
        all.getFirst().sayToAll(4);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(again.heard(0)).endsWith(4L);
            assertThat(all.get(0).heard(1)).containsExactly(3L);
            assertThat(all.get(2).heard(1)).containsExactly(3L);
        });
    }
}
