package dev.parley.network.secure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.ValidatorId;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two validators and a transport that the test has in its hand; time passes when the test says so. */
class SecureLinksTest {
    private static final ValidatorId V0 = new ValidatorId(0);
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final LinkSettings SETTINGS = new LinkSettings(
            1 << 20,
            4 << 20,
            2 << 20,
            64,
            8,
            java.time.Duration.ofMillis(500),
            java.time.Duration.ofSeconds(2),
            java.time.Duration.ofMillis(100));

    private record Sent(ValidatorId from, ValidatorId to, Datagram datagram) {}

    private final TestIdentities identities = new TestIdentities();
    private final ArrayDeque<Sent> transport = new ArrayDeque<>();
    private final List<Sent> recorded = new ArrayList<>();
    private Predicate<Sent> loses = sent -> false;
    private long now = 1_000_000;
    private Node a = new Node(identities.of(0));
    private Node b = new Node(identities.of(1));

    private final class Node implements SecureLinks.Sink {
        final SecureLinks links;
        final List<String> got = new ArrayList<>();
        final List<LinkRefusal> told = new ArrayList<>();
        final List<String> differences = new ArrayList<>();

        Node(LinkIdentity identity) {
            links = new SecureLinks(
                    identity,
                    SETTINGS,
                    new SecureRandom(),
                    (to, channel, datagram) -> {
                        Sent sent = new Sent(identity.self(), to, datagram);
                        recorded.add(sent);
                        if (!loses.test(sent)) {
                            transport.add(sent);
                        }
                    },
                    this);
        }

        void send(ValidatorId to, String text) {
            links.send(to, Channel.SMALL, Frame.of(text.getBytes(StandardCharsets.UTF_8)), now);
        }

        @Override
        public void delivered(ValidatorId from, byte[] frame) {
            got.add(from + ":" + new String(frame, StandardCharsets.UTF_8));
        }

        @Override
        public void refused(@Nullable ValidatorId claimed, LinkRefusal reason, long inAll) {
            told.add(reason);
        }

        @Override
        public void differs(Disagreement disagreement, long inAll) {
            told.add(disagreement.reason());
            differences.add((disagreement.proven() ? "" : "not proven: ") + disagreement.what());
        }
    }

    @Test
    void what_is_sent_arrives_in_order_both_ways_at_once() {
        for (int i = 0; i < 100; i++) {
            a.send(V1, "a" + i);
            b.send(V0, "b" + i);
        }
        settle();
        assertThat(b.got).isEqualTo(texts("v0:a", 0, 100));
        assertThat(a.got).isEqualTo(texts("v1:b", 0, 100));
        assertThat(a.told).isEmpty();
        assertThat(b.told).isEmpty();
        pass(100);
        assertThat(a.links.outstandingBytes(V1)).as("all is acknowledged").isZero();
    }

    @Test
    void over_a_transport_that_loses_a_third_all_arrives_once_and_in_order() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            a = new Node(identities.of(0));
            b = new Node(identities.of(1));
            loses = sent -> random.nextInt(3) == 0;
            for (int i = 0; i < 60; i++) {
                a.send(V1, "a" + i);
                settle();
            }
            loses = sent -> random.nextInt(3) == 0;
            for (int i = 0; i < 2000 && a.links.outstandingBytes(V1) > 0; i++) {
                pass(50);
            }
            assertThat(b.got).as("seed %d", seed).isEqualTo(texts("v0:a", 0, 60));
            assertThat(a.links.outstandingBytes(V1)).as("seed %d", seed).isZero();
            loses = sent -> false;
            transport.clear();
        }
    }

    @Test
    void a_peer_that_restarts_gets_what_it_has_not_acknowledged_and_what_comes_after() {
        a.send(V1, "before");
        settle();
        pass(100);
        loses = sent -> true;
        a.send(V1, "meanwhile");
        b = new Node(identities.of(1));
        loses = sent -> false;
        pass(2000);
        a.send(V1, "after");
        settle();
        assertThat(b.got).containsExactly("v0:meanwhile", "v0:after");
    }

    @Test
    void a_peer_learns_at_once_that_this_one_has_restarted() {
        b.send(V0, "one");
        a.send(V1, "two");
        settle();
        pass(100);
        a = new Node(identities.of(0));
        now += 1000;
        a.send(V1, "three");
        b.send(V0, "four");
        settle();
        assertThat(b.got).containsExactly("v0:two", "v0:three");
        assertThat(a.got).containsExactly("v1:four");
    }

    @Test
    void nothing_that_was_recorded_is_delivered_again() {
        for (int i = 0; i < 5; i++) {
            a.send(V1, "a" + i);
        }
        settle();
        pass(100);
        List<Sent> old = List.copyOf(recorded);
        replay(old);
        assertThat(b.got).hasSize(5);
        assertThat(b.links.refused(V0, LinkRefusal.REPLAYED)).isEqualTo(5);
        b = new Node(identities.of(1));
        replay(old);
        assertThat(b.got).as("not even by a peer that remembers nothing").isEmpty();
        a.send(V1, "new");
        pass(1000);
        assertThat(b.got).containsExactly("v0:new");
    }

    @Test
    void old_questions_that_are_asked_again_do_not_end_a_session() {
        a.send(V1, "one");
        settle();
        List<Sent> old = List.copyOf(recorded);
        a = new Node(identities.of(0));
        a.send(V1, "two");
        settle();
        replay(old);
        a.send(V1, "three");
        settle();
        assertThat(b.got).containsExactly("v0:one", "v0:two", "v0:three");
        assertThat(b.links.refused(V0, LinkRefusal.BAD_MAC)).isZero();
    }

    @Test
    void a_validator_can_not_speak_in_anothers_name() {
        Node c = new Node(identities.of(2));
        c.send(V1, "c");
        while (!transport.isEmpty()) {
            Sent sent = transport.remove();
            (sent.to().equals(V1) ? b : c).links.receive(sent.datagram(), now);
        }
        Sent own = lastData(2);
        byte[] header = own.datagram().header().clone();
        header[4] = 0; // the name
        b.links.receive(new Datagram(header, own.datagram().body()), now);
        assertThat(b.got).containsExactly("v2:c");
        assertThat(b.links.refused(V0, LinkRefusal.UNKNOWN_SESSION)).isEqualTo(1);
        a.send(V1, "a");
        settle();
        byte[] mixed = lastData(0).datagram().header().clone();
        b.links.receive(new Datagram(mixed, "other".getBytes(StandardCharsets.UTF_8)), now);
        assertThat(b.links.refused(V0, LinkRefusal.BAD_MAC)).isEqualTo(1);
        assertThat(b.got).containsExactly("v2:c", "v0:a");
    }

    @Test
    void another_chain_and_another_key_are_refused_and_told_once_a_minute() {
        a = new Node(identities.of(0, "another"));
        a.send(V1, "x");
        pass(3000);
        assertThat(b.got).isEmpty();
        assertThat(b.links.refused(V0, LinkRefusal.FOREIGN_CHAIN)).isGreaterThan(1);
        assertThat(b.told).containsExactly(LinkRefusal.FOREIGN_CHAIN);
        a = new Node(new TestIdentities().of(0));
        a.send(V1, "x");
        pass(3000);
        assertThat(b.told).containsExactly(LinkRefusal.FOREIGN_CHAIN, LinkRefusal.BAD_SIGNATURE);
        now += RefusalCounts.TELL_MILLIS;
        pass(10_000);
        assertThat(b.told)
                .containsExactly(LinkRefusal.FOREIGN_CHAIN, LinkRefusal.BAD_SIGNATURE, LinkRefusal.BAD_SIGNATURE);
    }

    @Test
    void both_sides_learn_in_what_their_configurations_differ() {
        a = new Node(identities.of(0, "test", "tendermint", 1, Map.of("parley.x", "5")));
        b = new Node(identities.of(1, "test", "hotstuff", 2, Map.of("parley.x", "6")));
        a.send(V1, "x");
        b.send(V0, "y");
        settle();
        assertThat(b.differences)
                .containsExactly("v0 runs tendermint, this node hotstuff; v0 has power 1 for v3, this node 2;"
                        + " v0 has parley.x = 5, this node 6");
        assertThat(a.differences)
                .containsExactly("v1 runs hotstuff, this node tendermint; v1 has power 2 for v3, this node 1;"
                        + " v1 has parley.x = 6, this node 5");
        assertThat(b.links.disagreements())
                .singleElement()
                .isEqualTo(new Disagreement(V0, LinkRefusal.OTHER_PROTOCOL, true, b.differences.getFirst()));
        pass(10_000);
        assertThat(b.differences).as("told once a minute").hasSize(1);
        assertThat(b.links.refused(V0, LinkRefusal.OTHER_PROTOCOL)).isGreaterThan(1);
        assertThat(a.got).isEmpty();
        assertThat(b.got).isEmpty();
        a = new Node(identities.of(0, "test", "hotstuff", 2, Map.of("parley.x", "6")));
        a.send(V1, "agreed");
        pass(6000);
        assertThat(b.got).containsExactly("v0:agreed");
        assertThat(b.links.disagreements())
                .as("who has agreed is not held up to it")
                .isEmpty();
    }

    @Test
    void nothing_answers_who_differs() {
        Node other = new Node(identities.of(0, "another"));
        other.send(V1, "x");
        pass(3000);
        assertThat(recorded).isNotEmpty().allMatch(sent -> sent.from().equals(V0));
    }

    @Test
    void what_no_key_proves_is_told_as_such_and_hides_nothing_that_is_proven() {
        Datagram forged = question(new TestIdentities().of(0, "elsewhere"));
        b.links.receive(forged, now);
        assertThat(b.told).containsExactly(LinkRefusal.BAD_SIGNATURE);
        assertThat(b.differences.getFirst())
                .startsWith("not proven: v0 is of chain 'elsewhere', this node of 'test'; v0 has the key ");
        assertThat(b.links.disagreements()).singleElement().matches(found -> !found.proven());
        now += 100;
        b.links.receive(question(identities.of(0, "another")), now);
        now += 100;
        b.links.receive(forged, now);
        assertThat(b.told).containsExactly(LinkRefusal.BAD_SIGNATURE, LinkRefusal.FOREIGN_CHAIN);
        assertThat(b.links.disagreements())
                .containsExactly(new Disagreement(
                        V0, LinkRefusal.FOREIGN_CHAIN, true, "v0 is of chain 'another', this node of 'test'"));
    }

    @Test
    void questions_under_other_terms_are_looked_at_in_moderation() {
        for (int i = 0; i < 50; i++) {
            b.links.receive(question(identities.of(0, "another")), now);
        }
        assertThat(b.links.refused(V0, LinkRefusal.FOREIGN_CHAIN)).isEqualTo(1);
        assertThat(b.links.refused(V0, LinkRefusal.UNKNOWN_TERMS)).isEqualTo(49);
        a.send(V1, "still");
        settle();
        assertThat(b.got).as("they use up nothing of a good peer's").containsExactly("v0:still");
    }

    @Test
    void terms_that_are_not_those_of_the_question_or_none_or_too_long_are_refused() {
        Datagram question = question(identities.of(0, "another"));
        b.links.receive(new Datagram(question.header(), new byte[0]), now);
        assertThat(b.links.refused(V0, LinkRefusal.UNKNOWN_TERMS)).isEqualTo(1);
        byte[] changed = question.body().clone();
        changed[changed.length - 1] ^= 1;
        b.links.receive(new Datagram(question.header(), changed), now);
        assertThat(b.links.refused(V0, LinkRefusal.MALFORMED)).isEqualTo(1);
        b.links.receive(new Datagram(question.header(), new byte[ChainTerms.MAX_BYTES + 1]), now);
        assertThat(b.links.refused(V0, LinkRefusal.OVERSIZED)).isEqualTo(1);
        assertThat(b.links.disagreements()).isEmpty();
    }

    @Test
    void a_hint_that_anybody_may_send_brings_forth_no_terms() {
        a.send(V1, "one");
        settle();
        assertThat(recorded.getFirst().datagram().body())
                .as("the first question has them")
                .isNotEmpty();
        long session = ((Header.Data) read(lastData(0).datagram())).session();
        recorded.clear();
        now += 1000;
        a.links.receive(Datagram.of(new Header.UnknownSession(V1, session).toBytes()), now);
        assertThat(recorded).singleElement().satisfies(sent -> {
            assertThat(read(sent.datagram())).isInstanceOf(Header.Hello.class);
            assertThat(sent.datagram().body()).isEmpty();
        });
    }

    @Test
    void a_peer_that_does_not_answer_costs_its_bound_and_no_more() {
        for (int i = 0; i < 3000; i++) {
            a.links.send(V1, Channel.SMALL, Frame.of(new byte[1000]), now);
        }
        assertThat(a.links.outstandingBytes(V1)).isLessThanOrEqualTo(1 << 20).isGreaterThan(1_000_000);
        assertThat(a.links.dropped(V1)).isEqualTo(3000 - (1 << 20) / 1064);
        assertThat(transport).as("one question").hasSize(1);
        a.links.send(V1, Channel.LARGE, Frame.of(new byte[(2 << 20) + 1]), now);
        assertThat(a.links.refused(V1, LinkRefusal.OVERSIZED)).isEqualTo(1);
    }

    @Test
    void a_peer_that_stops_reading_is_sent_no_more_than_is_under_way() {
        a.send(V1, "hello");
        settle();
        pass(100);
        transport.clear();
        for (int i = 0; i < 3000; i++) {
            a.links.send(V1, Channel.SMALL, Frame.of(new byte[1000]), now);
        }
        for (int i = 0; i < 100; i++) {
            now += 100;
            a.links.tick(now);
        }
        assertThat(transport.size()).as("64 under way, and a few sent again").isLessThan(80);
    }

    @Test
    void a_flood_of_handshakes_is_answered_in_moderation() {
        Handshake handshake = new Handshake(identities.of(0), new SecureRandom());
        for (int i = 0; i < 50; i++) {
            b.links.receive(Datagram.of(handshake.open(V1, i, 1, 1).hello().toBytes()), now);
        }
        assertThat(b.links.refused(V0, LinkRefusal.TOO_MANY_HANDSHAKES)).isEqualTo(42);
        transport.clear();
        a.send(V1, "still");
        pass(3000);
        assertThat(b.got).containsExactly("v0:still");
    }

    @Test
    void a_forged_hint_costs_a_handshake_and_loses_nothing() {
        a.send(V1, "one");
        settle();
        Header.Data data = (Header.Data) read(lastData(0).datagram());
        for (int i = 0; i < 20; i++) {
            now += 10;
            a.links.receive(Datagram.of(new Header.UnknownSession(V1, data.session()).toBytes()), now);
            a.send(V1, "more" + i);
        }
        settle();
        pass(1000);
        assertThat(b.got).hasSize(21).startsWith("v0:one", "v0:more0").endsWith("v0:more19");
    }

    @Test
    void no_bytes_do_more_than_being_counted() {
        a.send(V1, "one");
        b.send(V0, "two");
        settle();
        pass(100);
        Random random = new Random(1);
        int before = b.got.size();
        List<Sent> toB = recorded.stream().filter(sent -> sent.to().equals(V1)).toList();
        for (int i = 0; i < 20_000; i++) {
            Datagram good = toB.get(random.nextInt(toB.size())).datagram();
            byte[] header = good.header().clone();
            byte[] body = good.body().clone();
            switch (random.nextInt(4)) {
                case 0 -> header[random.nextInt(header.length)] = (byte) random.nextInt();
                case 1 -> header = java.util.Arrays.copyOf(header, random.nextInt(600));
                case 2 -> body = new byte[random.nextInt(64)];
                default -> random.nextBytes(header);
            }
            b.links.receive(new Datagram(header, body), now);
        }
        assertThat(b.got).hasSize(before);
        assertThat(b.links.refused(null, LinkRefusal.MALFORMED)).isPositive();
        transport.clear();
        a.send(V1, "three");
        pass(3000);
        assertThat(b.got).contains("v0:three");
    }

    @Test
    void an_inbox_may_answer_from_within() {
        List<String> answers = new ArrayList<>();
        SecureLinks echo = new SecureLinks(
                identities.of(2),
                SETTINGS,
                new SecureRandom(),
                (to, channel, datagram) -> transport.add(new Sent(new ValidatorId(2), to, datagram)),
                new SecureLinks.Sink() {
                    @Override
                    public void delivered(ValidatorId from, byte[] frame) {
                        answers.add(new String(frame, StandardCharsets.UTF_8));
                    }

                    @Override
                    public void refused(@Nullable ValidatorId claimed, LinkRefusal reason, long inAll) {}

                    @Override
                    public void differs(Disagreement disagreement, long inAll) {}
                });
        echo.send(V0, Channel.SMALL, Frame.of(new byte[] {'?'}), now);
        a.send(new ValidatorId(2), "!");
        while (!transport.isEmpty()) {
            Sent sent = transport.remove();
            (sent.to().equals(V0) ? a.links : echo).receive(sent.datagram(), now);
        }
        assertThat(answers).containsExactly("!");
        assertThat(a.got).containsExactly("v2:?");
    }

    /** How somebody of other terms begins. */
    private static Datagram question(LinkIdentity identity) {
        Handshake handshake = new Handshake(identity, new SecureRandom());
        return new Datagram(handshake.open(V1, 1, 1, 1).hello().toBytes(), handshake.terms());
    }

    private static Header read(Datagram datagram) {
        try {
            return Header.read(datagram.header());
        } catch (dev.parley.codec.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private Sent lastData(int from) {
        return recorded.reversed().stream()
                .filter(sent -> sent.from().index() == from && read(sent.datagram()) instanceof Header.Data)
                .findFirst()
                .orElseThrow();
    }

    private void replay(List<Sent> old) {
        old.stream().filter(sent -> sent.to().equals(V1)).forEach(sent -> b.links.receive(sent.datagram(), now));
        settle();
    }

    private void settle() {
        while (!transport.isEmpty()) {
            Sent sent = transport.remove();
            if (sent.to().equals(V0)) {
                a.links.receive(sent.datagram(), now);
            } else if (sent.to().equals(V1)) {
                b.links.receive(sent.datagram(), now);
            }
        }
    }

    private void pass(long millis) {
        for (long end = now + millis; now < end; now += 20) {
            a.links.tick(now);
            b.links.tick(now);
            settle();
        }
    }

    private static List<String> texts(String prefix, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> prefix + i).toList();
    }
}
