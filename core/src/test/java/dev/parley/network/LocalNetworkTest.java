package dev.parley.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.consensus.ValidatorId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Delays; what every network promises is in its contract. */
class LocalNetworkTest {
    private static final ValidatorId A = new ValidatorId(0);
    private static final ValidatorId B = new ValidatorId(1);
    private static final Duration DELAY = Duration.ofMillis(50);

    private final LocalNetwork network = new LocalNetwork();
    private final Heard heardByA = new Heard();
    private final Heard heardByB = new Heard();
    private final Network.Link a = network.join(A, heardByA);
    private final Network.Link b = network.join(B, heardByB);

    private static class Heard implements Network.BottomlessInbox {
        private final List<Long> numbers = new CopyOnWriteArrayList<>();
        private volatile long firstNanos;
        /** What comes is heard once this is open. */
        private volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public void deliver(ValidatorId from, PeerMessage message) {
            pass();
            if (numbers.isEmpty()) {
                firstNanos = System.nanoTime();
            }
            numbers.add(((PeerMessage.StateVoteRequest) message).height());
        }

        @Override
        public void deliverFrame(ValidatorId from, byte[] frame) {
            pass();
            numbers.add((long) frame.length);
        }

        private void pass() {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static PeerMessage number(long number) {
        return new PeerMessage.StateVoteRequest(number);
    }

    @Test
    void what_is_delayed_arrives_so_much_later_and_in_one_direction_only() {
        network.delay(A, B, DELAY);
        long sent = System.nanoTime();
        a.send(B, number(1));
        network.inject(A, B, new byte[2]);
        b.send(A, number(3));
        assertThat(heardByA.numbers).containsExactly(3L);
        await().untilAsserted(() -> assertThat(heardByB.numbers).containsExactly(1L, 2L));
        assertThat(heardByB.firstNanos - sent).isGreaterThanOrEqualTo(DELAY.toNanos());
    }

    @Test
    void nothing_overtakes_where_a_delay_becomes_shorter_or_ends() {
        List<Duration> delays = List.of(DELAY, Duration.ofMillis(1), Duration.ZERO, DELAY);
        long next = 0;
        for (Duration delay : delays) {
            network.delay(A, B, delay);
            for (int i = 0; i < 100; i++) {
                a.send(B, number(next++));
            }
        }
        network.heal();
        long sent = next;
        a.send(B, number(sent));
        await().untilAsserted(() -> assertThat(heardByB.numbers)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(0, sent).boxed().toList()));
    }

    @Test
    void nothing_overtakes_what_is_being_handed_over() {
        Heard slow = new Heard() {
            @Override
            public void deliver(ValidatorId from, PeerMessage message) {
                if (message.equals(number(1))) {
                    network.heal();
                    a.send(B, number(2));
                }
                super.deliver(from, message);
            }
        };
        var unused = network.join(B, slow);
        network.delay(A, B, DELAY);
        a.send(B, number(1));
        await().untilAsserted(() -> assertThat(slow.numbers).containsExactly(1L, 2L));
    }

    @Test
    void nothing_is_delayed_any_more_when_the_network_is_healed() {
        network.delay(A, B, DELAY);
        a.send(B, number(1));
        network.heal();
        await().until(() -> !heardByB.numbers.isEmpty());
        // The first is on its way until it has been dealt with.
        await().untilAsserted(() -> {
            int before = heardByB.numbers.size();
            a.send(B, number(2));
            assertThat(heardByB.numbers).hasSize(before + 1);
        });
    }

    @Test
    void so_many_messages_are_under_way_and_no_more() {
        heardByB.gate = new CountDownLatch(1);
        network.delay(A, B, DELAY);
        for (int i = 0; i < DelayLine.MAX_MESSAGES + 10; i++) {
            a.send(B, number(i));
        }
        heardByB.gate.countDown();
        assertThat(heardBeforeWhatFindsRoom()).isEqualTo(DelayLine.MAX_MESSAGES);
    }

    @Test
    void so_many_bytes_are_under_way_and_no_more() {
        heardByB.gate = new CountDownLatch(1);
        network.delay(A, B, DELAY);
        byte[] frame = new byte[(int) (DelayLine.MAX_BYTES / 8)];
        for (int i = 0; i < 10; i++) {
            network.inject(A, B, frame);
        }
        heardByB.gate.countDown();
        assertThat(heardBeforeWhatFindsRoom()).isEqualTo(8);
    }

    private int heardBeforeWhatFindsRoom() {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            a.send(B, number(-1));
            assertThat(heardByB.numbers).contains(-1L);
        });
        return heardByB.numbers.indexOf(-1L);
    }

    @Test
    void what_is_under_way_to_a_validator_never_reaches_its_successor_nor_holds_up_what_is_sent_to_it() {
        network.delay(A, B, Duration.ofSeconds(20));
        a.send(B, number(1));
        network.delay(A, B, DELAY);
        a.send(B, number(2));
        b.close();
        Heard successor = new Heard();
        var unused = network.join(B, successor);
        a.send(B, number(3));
        await().untilAsserted(() -> assertThat(successor.numbers).containsExactly(3L));
        assertThat(heardByB.numbers).isEmpty();
    }

    @Test
    void what_is_under_way_to_a_validator_that_has_left_is_lost() {
        network.delay(A, B, DELAY);
        a.send(B, number(1));
        b.close();
        Heard successor = new Heard();
        var unused = network.join(B, successor);
        a.send(B, number(2));
        // Sent later, so that the other one would have arrived.
        await().until(() -> successor.numbers.contains(2L));
        assertThat(heardByB.numbers).isEmpty();
    }

    @Test
    void no_message_arrives_before_it_is_sent() {
        assertThatThrownBy(() -> network.delay(A, B, Duration.ofMillis(-1))).hasMessageContaining("before it is sent");
    }
}
