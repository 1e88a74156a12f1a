package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

class PeerGateTest {
    private static final ValidatorId V1 = new ValidatorId(1);
    private static final ValidatorId V2 = new ValidatorId(2);
    private static final long BAD = 666;

    /** Work runs when the test says so, on the test's thread: nothing here depends on timing. */
    private final ArrayDeque<Runnable> pool = new ArrayDeque<>();

    private final List<String> delivered = new ArrayList<>();
    private final List<Runnable> unfinished = new ArrayList<>();
    private final List<Reason> refused = new ArrayList<>();
    private boolean finishAtOnce = true;

    private final PeerGate gate = new PeerGate(
            4,
            new PeerCodec(new NoProtocol(), CommandBatch::read),
            (from, message) -> message instanceof PeerMessage.Status s && s.height() == BAD
                    ? new Refusal(from, Reason.BAD_SIGNATURE, "bad")
                    : null,
            pool::add,
            2,
            new PeerGate.Limits(100, 1 << 20),
            (from, messages, done) -> {
                messages.forEach(m -> delivered.add(from + ":" + ((PeerMessage.Status) m).height()));
                if (finishAtOnce) {
                    done.run();
                } else {
                    unfinished.add(done);
                }
            },
            refusal -> refused.add(refusal.reason()));

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
        NodeInbox inbox = new NodeInbox();
        List<String> told = new ArrayList<>();
        assertThat(inbox.isFull(V1)).isFalse();
        inbox.whenRoom(V1, () -> told.add("before there is a gate"));
        inbox.replace(gate);
        for (int i = 0; i < 60; i++) {
            inbox.deliver(V1, new PeerMessage.Status(i));
        }
        assertThat(inbox.isFull(V1)).isTrue();
        assertThat(inbox.isFull(V2)).isFalse();
        inbox.whenRoom(V1, () -> told.add("when there is room"));
        assertThat(told).containsExactly("before there is a gate");
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
