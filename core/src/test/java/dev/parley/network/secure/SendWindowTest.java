package dev.parley.network.secure;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.Topic;
import dev.parley.network.PeerMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendWindowTest {
    private static final int COST = Frame.of(new byte[100]).cost();
    private static final Topic STATUS = Topic.newest(SendWindowTest.class);

    private final SendWindow window = new SendWindow(new SendWindow.Limits(100L * COST, 32, 50L * COST, 1000, 4000));
    private int made;

    @Test
    void frames_get_numbers_in_order_and_are_sent_once() {
        offer(3);
        assertThat(sentAt(0)).containsExactly(1L, 2L, 3L);
        assertThat(sentAt(1)).isEmpty();
        window.acknowledged(4, false, 2);
        assertThat(window.isEmpty()).isTrue();
        offer(1);
        assertThat(sentAt(3)).containsExactly(4L);
    }

    @Test
    void no_more_than_the_burst_is_under_way_and_it_doubles_with_each_acknowledgement() {
        offer(90);
        assertThat(sentAt(0)).hasSize(16).endsWith(16L);
        window.acknowledged(5, false, 1);
        assertThat(sentAt(1)).as("32 from 5 on").hasSize(20).endsWith(36L);
        window.acknowledged(37, false, 2);
        assertThat(sentAt(2)).as("the limit").hasSize(32).endsWith(68L);
    }

    @Test
    void what_is_over_the_bound_pushes_out_what_has_waited_longest_and_not_what_is_under_way() {
        offer(16);
        assertThat(sentAt(0)).hasSize(16);
        offer(84);
        assertThat(window.bytes()).isEqualTo(100L * COST);
        assertThat(offer(10)).isEqualTo(10);
        assertThat(window.bytes()).isEqualTo(100L * COST);
        window.acknowledged(17, false, 1);
        SendWindow.Numbered next = requireNonNull(window.next(1));
        assertThat(next.number()).as("numbers have no gap").isEqualTo(17);
        assertThat(content(next)).as("frames 17 to 26 were dropped").isEqualTo(27);
    }

    @Test
    void what_is_superseded_while_it_waits_is_dropped_first_and_what_is_under_way_stays() {
        window.offer(Frame.of(new byte[] {1}, STATUS));
        assertThat(sentAt(0)).containsExactly(1L);
        offer(98);
        window.offer(Frame.of(new byte[100], STATUS));
        assertThat(window.offer(Frame.of(new byte[100], STATUS)))
                .as("nothing but the former one")
                .isZero();
        assertThat(window.offer(Frame.of(new byte[100], Topic.newest(SendWindow.class))))
                .as("the oldest")
                .isEqualTo(1);
        long before = window.bytes();
        window.offer(Frame.of(new byte[100], STATUS));
        assertThat(window.bytes()).isEqualTo(before);
        assertThat(offer(1)).as("behind both").isEqualTo(1);
        window.acknowledged(2, false, 1);
        List<Integer> left = new ArrayList<>();
        for (var next = window.next(1); next != null; next = window.next(1)) {
            left.add(content(next));
            window.acknowledged(2 + left.size(), false, 1);
        }
        assertThat(left.subList(0, 96)).as("without a topic").doesNotContain(0).isSorted();
        assertThat(left.subList(96, 98))
                .as("in the place of the first of its topic")
                .containsOnly(0);
        assertThat(left).hasSize(99);
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void of_a_topic_no_more_than_its_newest_wait_in_the_order_in_which_they_came() {
        Topic topic = new Topic(SendWindowTest.class, 3);
        offer(16);
        assertThat(sentAt(0)).hasSize(16);
        for (int i = 101; i <= 105; i++) {
            window.offer(Frame.of(new byte[] {(byte) i}, topic));
            offer(1);
        }
        assertThat(window.bytes()).isEqualTo(21L * COST + 3L * (COST - 99));
        window.acknowledged(17, false, 1);
        assertThat(contentsAt(1)).containsExactly(103, 17, 104, 18, 105, 19, 20, 21);
        window.offer(Frame.of(new byte[] {106}, topic));
        assertThat(contentsAt(1)).as("it has room again").containsExactly(106);
    }

    @Test
    void what_the_bound_pushes_out_of_a_topic_is_its_oldest() {
        Topic topic = new Topic(SendWindowTest.class, 3);
        for (int i = 101; i <= 103; i++) {
            window.offer(Frame.of(Arrays.copyOf(new byte[] {(byte) i}, 100), topic));
        }
        assertThat(offer(98)).isEqualTo(1);
        assertThat(window.bytes()).isEqualTo(100L * COST);
        window.offer(Frame.of(Arrays.copyOf(new byte[] {104}, 100), topic));
        assertThat(contentsAt(0)).startsWith(103, 1);
    }

    @Test
    void what_moved_up_is_no_older_for_that() {
        Topic topic = new Topic(SendWindowTest.class, 2);
        window.offer(Frame.of(Arrays.copyOf(new byte[] {101}, 100), topic));
        window.offer(Frame.of(Arrays.copyOf(new byte[] {102}, 100), topic));
        offer(98);
        assertThat(window.offer(Frame.of(Arrays.copyOf(new byte[] {103}, 100), topic)))
                .as("101 makes room for it")
                .isEqualTo(1);
        window.offer(Frame.of(Arrays.copyOf(new byte[] {104}, 100), topic));
        assertThat(offer(3)).isEqualTo(3);
        assertThat(contentsAt(0)).as("the first three without a topic are gone").startsWith(103, 104, 4, 5);
    }

    @Test
    void what_nobody_takes_is_kept_of_gossip_only_as_far_as_it_is_recent() {
        SendWindow wide = new SendWindow(new SendWindow.Limits(1 << 20, 4096, 1 << 19, 1000, 4000));
        for (int i = 1; i <= 1000; i++) {
            wide.offer(Frame.of(new byte[i], new PeerMessage.Commands(List.of()).topic()));
        }
        assertThat(requireNonNull(wide.next(0)).frame().length()).isEqualTo(1000 - 255);
    }

    @Test
    void a_frame_larger_than_the_bound_is_dropped_alone() {
        offer(1);
        assertThat(window.offer(Frame.of(new byte[200 * COST]))).isEqualTo(1);
        assertThat(sentAt(0)).containsExactly(1L);
    }

    @Test
    void without_acknowledgement_the_oldest_is_sent_again_ever_more_rarely() {
        offer(5);
        assertThat(sentAt(0)).hasSize(5);
        assertThat(sentAt(999)).isEmpty();
        assertThat(sentAt(1000)).containsExactly(1L);
        assertThat(sentAt(2999)).isEmpty();
        assertThat(sentAt(3000)).containsExactly(1L);
        assertThat(sentAt(6999)).isEmpty();
        assertThat(sentAt(7000)).containsExactly(1L);
        assertThat(sentAt(11_000)).as("no more rarely than that").containsExactly(1L);
    }

    @Test
    void after_a_time_out_the_lost_tail_is_sent_again_as_acknowledgements_come() {
        offer(8);
        sentAt(0);
        assertThat(sentAt(1000)).containsExactly(1L);
        window.acknowledged(2, false, 1001);
        assertThat(sentAt(1001)).containsExactly(2L, 3L);
        window.acknowledged(4, false, 1002);
        assertThat(sentAt(1002)).containsExactly(4L, 5L, 6L, 7L);
    }

    @Test
    void a_late_acknowledgement_saves_sending_again() {
        offer(8);
        sentAt(0);
        assertThat(sentAt(1000)).containsExactly(1L);
        window.acknowledged(9, false, 1001);
        assertThat(sentAt(1001)).isEmpty();
        assertThat(window.isEmpty()).isTrue();
    }

    @Test
    void a_gap_is_filled_at_once_and_only_once() {
        offer(6);
        sentAt(0);
        window.acknowledged(3, true, 1);
        assertThat(sentAt(1)).containsExactly(3L, 4L, 5L, 6L);
        window.acknowledged(3, true, 2);
        assertThat(sentAt(2)).isEmpty();
        assertThat(sentAt(1001)).as("then by time-out").containsExactly(3L);
    }

    @Test
    void a_new_session_sends_all_again_that_is_under_way() {
        offer(6);
        sentAt(0);
        window.acknowledged(4, false, 1);
        window.newSession(2);
        assertThat(window.first()).isEqualTo(4);
        assertThat(sentAt(2)).containsExactly(4L, 5L, 6L);
    }

    @Test
    void what_was_never_sent_can_not_be_acknowledged() {
        offer(2);
        sentAt(0);
        assertThat(window.acknowledged(4, false, 1)).isFalse();
        assertThat(window.bytes()).isEqualTo(2L * COST);
        assertThat(window.acknowledged(1, true, 1)).as("old ones are old").isTrue();
    }

    private int offer(int count) {
        int dropped = 0;
        for (int i = 0; i < count; i++) {
            byte[] content = new byte[100];
            content[0] = (byte) ++made;
            dropped += window.offer(Frame.of(content));
        }
        return dropped;
    }

    private static int content(SendWindow.Numbered sent) {
        return sent.frame().content()[0];
    }

    private List<Long> sentAt(long now) {
        List<Long> numbers = new ArrayList<>();
        for (SendWindow.Numbered next = window.next(now); next != null; next = window.next(now)) {
            numbers.add(next.number());
        }
        return numbers;
    }

    private List<Integer> contentsAt(long now) {
        List<Integer> contents = new ArrayList<>();
        for (SendWindow.Numbered next = window.next(now); next != null; next = window.next(now)) {
            contents.add(content(next));
        }
        return contents;
    }
}
