package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.CommandBatch;
import dev.parley.network.PeerCodec;
import dev.parley.network.PeerMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PeerGateTest {
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V2 = new ValidatorId(2);
    private static final ValidatorId V3 = new ValidatorId(3);
    private static final long BAD = 666;
    private static final long DEAR = 777;
    private static final long UNBEARABLE = 888;
    private static final long BOTTOMLESS = 999;
    private static final long AT_A_BAD_TIME = 1111;
    private static final int WORKERS = 2;

    /** Work runs when the test says so, on the test's thread: nothing here depends on timing. */
    private final ArrayDeque<Runnable> pool = new ArrayDeque<>();

    private final List<String> delivered = new ArrayList<>();
    private final List<Runnable> unfinished = new ArrayList<>();
    private final List<Reason> refused = new ArrayList<>();
    private final List<ValidatorId> distrusted = new ArrayList<>();
    private boolean finishAtOnce = true;
    private long nanos;

    private final PeerGate gate = new PeerGate(
            4,
            new PeerCodec(new NoProtocol(), CommandBatch::read),
            this::verify,
            pool::add,
            WORKERS,
            new PeerGate.Limits(100, 1 << 20),
            (from, messages, done) -> {
                messages.forEach(m -> delivered.add(from + ":" + ((PeerMessage.Status) m).height()));
                if (finishAtOnce) {
                    done.run();
                } else {
                    unfinished.add(done);
                }
            },
            refusal -> refused.add(refusal.reason()),
            distrusted::add,
            () -> nanos);

    private @Nullable Refusal verify(ValidatorId from, PeerMessage message) {
        long height = ((PeerMessage.Status) message).height();
        nanos += height == DEAR ? 1000 : 1;
        if (height == UNBEARABLE) {
            throw new IllegalStateException("a defect");
        }
        if (height == BOTTOMLESS) {
            throw new StackOverflowError();
        }
        if (height == AT_A_BAD_TIME) {
            throw new OutOfMemoryError("by whomever");
        }
        return height == BAD ? new Refusal(from, Reason.BAD_SIGNATURE, "bad") : null;
    }

    @Test
    void messages_of_one_peer_come_out_in_order() {
        for (int i = 0; i < 90; i++) {
            gate.deliver(V1, new PeerMessage.Status(i));
        }
        runAll();
        assertThat(delivered).hasSize(90).startsWith("v1:0", "v1:1").endsWith("v1:88", "v1:89");
    }

    @Test
    void what_is_over_a_peers_bound_is_dropped_and_counted_and_costs_no_other_peer() {
        for (int i = 0; i < 1000; i++) {
            gate.deliver(V1, new PeerMessage.Status(i));
        }
        gate.deliver(V2, new PeerMessage.Status(7));
        runAll();
        assertThat(refused).hasSize(900).containsOnly(Reason.OVER_CAPACITY);
        assertThat(delivered).hasSize(101).contains("v2:7");
    }

    @Test
    void no_more_than_a_batch_of_one_peer_is_behind_the_gate() {
        finishAtOnce = false;
        for (int i = 0; i < 100; i++) {
            gate.deliver(V1, new PeerMessage.Status(i));
        }
        runAll();
        assertThat(delivered).hasSize(64);
        unfinished.removeFirst().run();
        runAll();
        assertThat(delivered).hasSize(100);
    }

    @Test
    void refused_messages_do_not_use_up_room_for_good_ones() {
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < 20; i++) {
                gate.deliver(V1, new PeerMessage.Status(BAD));
            }
            gate.deliver(V1, new PeerMessage.Status(round));
            runAll();
        }
        assertThat(refused).hasSize(1000).containsOnly(Reason.BAD_SIGNATURE);
        assertThat(delivered).hasSize(50);
    }

    @Test
    void a_peer_with_many_refusals_is_served_after_the_others() {
        for (int i = 0; i < 20; i++) {
            gate.deliver(V1, new PeerMessage.Status(BAD));
        }
        runAll();
        gate.deliver(V1, new PeerMessage.Status(1));
        gate.deliver(V2, new PeerMessage.Status(2));
        runAll();
        assertThat(delivered).containsExactly("v2:2", "v1:1");
    }

    @Test
    void a_peer_whose_messages_are_dear_has_no_more_of_the_workers_time_than_others() {
        for (int i = 0; i < 100; i++) {
            gate.deliver(V1, new PeerMessage.Status(DEAR));
        }
        // The first batch of the dear ones is taken up before anybody else is there.
        Runnable first = pool.remove();
        for (int i = 0; i < 100; i++) {
            gate.deliver(V2, new PeerMessage.Status(i));
            gate.deliver(V3, new PeerMessage.Status(i));
        }
        first.run();
        assertThat(delivered.subList(0, 264))
                .as("one batch of dear ones, and all others")
                .contains("v2:99", "v3:99");
        runAll();
        assertThat(delivered).hasSize(300);
    }

    @Test
    void what_a_verifier_cannot_bear_costs_the_peer_its_message_and_nobody_a_worker() {
        for (int i = 0; i < 10 * WORKERS; i++) {
            gate.deliver(i % 2 == 0 ? V1 : V2, new PeerMessage.Status(UNBEARABLE));
            runAll();
        }
        assertThat(refused).hasSize(10 * WORKERS).containsOnly(Reason.MALFORMED);
        gate.deliver(V1, new PeerMessage.Status(1));
        gate.deliver(V2, new PeerMessage.Status(2));
        runAll();
        assertThat(delivered).containsExactlyInAnyOrder("v1:1", "v2:2");
    }

    @Test
    void a_message_that_is_too_deep_is_its_peers() {
        gate.deliver(V1, new PeerMessage.Status(BOTTOMLESS));
        gate.deliver(V1, new PeerMessage.Status(1));
        runAll();
        assertThat(refused).containsExactly(Reason.MALFORMED);
        assertThat(delivered).containsExactly("v1:1");
    }

    @Test
    void memory_that_runs_out_is_no_peers_and_comes_to_who_runs_the_workers() {
        gate.deliver(V1, new PeerMessage.Status(AT_A_BAD_TIME));
        assertThatThrownBy(this::runAll).isInstanceOf(OutOfMemoryError.class);
        assertThat(refused).isEmpty();
        assertThat(distrusted).isEmpty();
    }

    @Test
    void the_network_hears_of_a_peer_of_whom_nearly_everything_is_refused_and_of_no_other() {
        for (int i = 0; i < 1000; i++) {
            gate.deliver(V1, new PeerMessage.Status(i % 3 == 0 ? BAD : i));
            gate.deliver(V2, new PeerMessage.Status(BAD));
            runAll();
        }
        assertThat(distrusted).containsOnly(V2).hasSizeBetween(2, 10);
    }

    @Test
    void one_large_frame_of_which_nothing_can_be_read_is_enough_for_the_network_to_hear_of_it() {
        byte[] large = new byte[9 << 20];
        large[0] = 9;
        gate.deliverFrame(V1, large);
        runAll();
        assertThat(distrusted).isEmpty();
        gate.deliverFrame(V1, large);
        runAll();
        assertThat(refused).containsExactly(Reason.MALFORMED, Reason.MALFORMED);
        assertThat(distrusted).containsExactly(V1);
    }

    @Test
    void garbage_is_refused_and_counted() {
        gate.deliverFrame(V1, new byte[] {9, 9, 9});
        gate.deliverFrame(V1, new byte[0]);
        gate.deliverFrame(V1, new byte[] {6, 0x7f, -1, -1, -1});
        runAll();
        assertThat(refused).containsExactly(Reason.MALFORMED, Reason.MALFORMED, Reason.MALFORMED);
    }

    private void runAll() {
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
    }

    @Test
    void the_inbox_of_a_node_says_when_a_peer_is_to_wait_and_forgets_nobody_when_its_gate_is_replaced() {
        NodeInbox inbox = new NodeInbox(how -> {
            throw new AssertionError(how);
        });
        List<String> told = new ArrayList<>();
        assertThat(inbox.isFull(V1)).isTrue();
        inbox.whenRoom(V1, () -> told.add("when there is a gate"));
        assertThat(told).isEmpty();
        inbox.replace(gate);
        assertThat(inbox.isFull(V1)).isFalse();
        for (int i = 0; i < 60; i++) {
            inbox.deliver(V1, new PeerMessage.Status(i));
        }
        assertThat(inbox.isFull(V1)).isTrue();
        assertThat(inbox.isFull(V2)).isFalse();
        inbox.whenRoom(V1, () -> told.add("when there is room"));
        assertThat(told).containsExactly("when there is a gate");
        runAll();
        assertThat(told).endsWith("when there is room");
        for (int i = 0; i < 60; i++) {
            inbox.deliver(V1, new PeerMessage.Status(i));
        }
        inbox.whenRoom(V1, () -> told.add("since nobody is served any more"));
        inbox.replace(null);
        assertThat(told).endsWith("since nobody is served any more");
    }
}
