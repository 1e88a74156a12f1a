package dev.parley.honeybadger.broadcast;

import static dev.parley.honeybadger.broadcast.BroadcastNetwork.MAX_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.honeybadger.Offload;
import dev.parley.honeybadger.Outlet;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Echo;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Ready;
import dev.parley.honeybadger.broadcast.BroadcastMessage.Val;
import dev.parley.honeybadger.broadcast.ReliableBroadcast.Outcome;
import dev.parley.honeybadger.erasure.ReedSolomon;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** One validator of four, v0, in the broadcast of v1. */
class ReliableBroadcastTest {
    private final List<BroadcastMessage> said = new ArrayList<>();
    private final List<Reason> refused = new ArrayList<>();
    private final ReliableBroadcast v0 = new ReliableBroadcast(
            new ValidatorId(0), new ValidatorId(1), 4, MAX_BYTES, Offload.HERE, BroadcastRules.PAPER);
    private final List<Shard> a = BroadcastNetwork.shards(4, new byte[] {1, 2, 3, 4, 5});
    private final List<Shard> b = BroadcastNetwork.shards(4, new byte[] {6});
    private final Outlet<BroadcastMessage> out = new Outlet<>() {
        @Override
        public void broadcast(BroadcastMessage message) {
            said.add(message);
        }

        @Override
        public void send(ValidatorId to, BroadcastMessage message) {
            said.add(message);
        }

        @Override
        public void refuse(ValidatorId culprit, Reason reason, String what) {
            refused.add(reason);
        }
    };

    private void receive(int from, BroadcastMessage message) {
        v0.receive(new ValidatorId(from), message, out);
    }

    @Test
    void echoes_its_shard_is_ready_after_three_echoes_and_delivers_after_three_readies() {
        receive(1, new Val(a.get(0)));
        assertThat(said).containsExactly(new Echo(a.get(0)));
        receive(1, new Echo(a.get(1)));
        assertThat(said).hasSize(1);
        receive(2, new Echo(a.get(2)));
        Ready ready = new Ready(a.getFirst().root());
        assertThat(said).containsExactly(new Echo(a.get(0)), ready);
        receive(1, ready);
        assertThat(v0.outcome()).isEqualTo(Outcome.PENDING);
        receive(3, ready);
        assertThat(v0.value()).containsExactly(1, 2, 3, 4, 5);
        assertThat(v0.shardsHeld()).isZero();
        assertThat(said).hasSize(2);
    }

    @Test
    void is_ready_after_two_readies_and_waits_for_the_shards() {
        Ready ready = new Ready(a.getFirst().root());
        receive(2, ready);
        assertThat(said).isEmpty();
        receive(3, ready);
        assertThat(said).containsExactly(ready);
        assertThat(v0.outcome()).isEqualTo(Outcome.PENDING);
        receive(3, new Echo(a.get(3)));
        receive(2, new Echo(a.get(2)));
        assertThat(v0.outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void a_duplicate_is_no_fault_and_does_not_count() {
        for (int i = 0; i < 5; i++) {
            receive(2, new Echo(a.get(2)));
            receive(2, new Ready(a.getFirst().root()));
        }
        assertThat(said).isEmpty();
        assertThat(refused).isEmpty();
    }

    @Test
    void a_second_message_that_differs_is_a_conflict() {
        receive(1, new Val(a.get(0)));
        receive(1, new Val(b.get(0)));
        receive(2, new Echo(a.get(2)));
        receive(2, new Echo(b.get(2)));
        receive(3, new Ready(a.getFirst().root()));
        receive(3, new Ready(b.getFirst().root()));
        assertThat(refused).containsExactly(Reason.CONFLICT, Reason.CONFLICT, Reason.CONFLICT);
        assertThat(said).containsExactly(new Echo(a.get(0)));
    }

    @Test
    void a_shard_of_another_place_is_refused_and_uses_up_nothing() {
        receive(1, new Val(a.get(2)));
        receive(2, new Echo(a.get(3)));
        receive(
                2,
                new Echo(new Shard(a.get(2).root(), a.get(2).branch(), b.get(2).bytes())));
        receive(2, new Echo(new Shard(a.get(2).root(), List.of(), a.get(2).bytes())));
        receive(2, new Echo(new Shard(a.get(2).root(), a.get(2).branch(), new byte[MAX_BYTES])));
        assertThat(refused).hasSize(5).containsOnly(Reason.BAD_SHARE);
        receive(1, new Val(a.get(0)));
        receive(2, new Echo(a.get(2)));
        assertThat(v0.shardsHeld()).isEqualTo(2);
    }

    @Test
    void only_the_sender_has_a_val_and_only_others_have_a_say() {
        receive(2, new Val(a.get(0)));
        receive(0, new Ready(a.getFirst().root()));
        receive(4, new Ready(a.getFirst().root()));
        assertThat(refused).containsExactly(Reason.NOT_LEADER, Reason.FOREIGN_SENDER, Reason.FOREIGN_SENDER);
    }

    @Test
    void holds_one_shard_of_each_validator_whatever_comes() {
        for (int i = 0; i < 50; i++) {
            List<Shard> shards = BroadcastNetwork.shards(4, new byte[] {7, (byte) i});
            receive(1, new Val(shards.get(0)));
            receive(1, new Echo(shards.get(1)));
            receive(
                    2,
                    new Echo(
                            BroadcastNetwork.shards(4, new byte[] {8, (byte) i}).get(2)));
            receive(
                    3,
                    new Echo(
                            BroadcastNetwork.shards(4, new byte[] {9, (byte) i}).get(3)));
        }
        assertThat(v0.shardsHeld()).isEqualTo(4);
    }

    /** A length that is too large, too small for so many shards, negative; a byte after the value. */
    @Test
    void a_second_form_of_a_value_is_nothing() {
        byte[][] forms = {{0, 0, 0, 9, 1, 2}, {0, 0, 0, 1, 1, 0, 0, 0}, {-1, 0, 0, 1, 1, 2}, {0, 0, 0, 1, 1, 2}, {0}};
        for (byte[] form : forms) {
            List<Shard> shards = Sharding.prove(new ReedSolomon(2, 4).encode(form));
            ReliableBroadcast fresh = new ReliableBroadcast(
                    new ValidatorId(0), new ValidatorId(1), 4, MAX_BYTES, Offload.HERE, BroadcastRules.PAPER);
            for (int i = 1; i < 4; i++) {
                fresh.receive(new ValidatorId(i), new Echo(shards.get(i)), out);
            }
            assertThat(fresh.outcome()).isEqualTo(Outcome.NOTHING);
        }
        assertThat(said).isEmpty();
        assertThatThrownBy(v0::value).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void every_length_up_to_the_largest_is_delivered_by_every_number_of_validators() {
        for (int n : new int[] {1, 2, 3, 4, 8, 31}) {
            for (int length : new int[] {0, 1, 2, MAX_BYTES}) {
                BroadcastNetwork network =
                        new BroadcastNetwork(n, 0, new ValidatorId(n - 1), length, BroadcastRules.PAPER);
                network.propose(new byte[length]);
                network.run(List.of());
                assertThat(network.violation(new byte[length])).isNull();
                assertThat(network.refusals).isEmpty();
            }
        }
        assertThatThrownBy(() -> BroadcastNetwork.shards(4, new byte[MAX_BYTES + 1]))
                .hasMessageContaining("at most 1000 bytes");
    }

    /** The rules of figure 2 wait for the check, and messages that come meanwhile count. */
    @Test
    void ready_and_delivery_wait_until_shards_are_joined_elsewhere() {
        List<Runnable> elsewhere = new ArrayList<>();
        Offload later = new Offload() {
            @Override
            public <T> void compute(Supplier<T> work, Consumer<T> then) {
                elsewhere.add(() -> then.accept(work.get()));
            }
        };
        ReliableBroadcast v0 = new ReliableBroadcast(
                new ValidatorId(0), new ValidatorId(1), 4, MAX_BYTES, later, BroadcastRules.PAPER);
        for (int i = 1; i < 4; i++) {
            v0.receive(new ValidatorId(i), new Echo(a.get(i)), out);
            v0.receive(new ValidatorId(i), new Ready(a.getFirst().root()), out);
        }
        assertThat(elsewhere).hasSize(1);
        assertThat(v0.outcome()).isEqualTo(Outcome.PENDING);
        elsewhere.getFirst().run();
        v0.again(out);
        assertThat(v0.outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(v0.value()).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void more_validators_than_the_code_has_shards_are_refused() {
        ValidatorId first = new ValidatorId(0);
        assertThatThrownBy(
                        () -> new ReliableBroadcast(first, first, 256, MAX_BYTES, Offload.HERE, BroadcastRules.PAPER))
                .hasMessageContaining("at most 255");
    }

    @Test
    void messages_are_read_back_and_long_shards_are_not() throws MalformedException {
        Digest root = a.getFirst().root();
        for (BroadcastMessage message : List.of(new Val(a.get(0)), new Echo(a.get(3)), new Ready(root))) {
            BinaryWriter written = new BinaryWriter();
            BroadcastCodec.write(message, written);
            BinaryReader in = new BinaryReader(written.toByteArray());
            assertThat(BroadcastCodec.read(in, ReliableBroadcast.maxShardBytes(4, MAX_BYTES)))
                    .isEqualTo(message);
            in.end();
        }
        BinaryWriter frame = new BinaryWriter();
        BroadcastCodec.write(new Val(a.get(0)), frame);
        assertThatThrownBy(() -> BroadcastCodec.read(new BinaryReader(frame.toByteArray()), 4))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> BroadcastCodec.read(new BinaryReader(new byte[] {4}), 4))
                .hasMessageContaining("kind 4");
    }
}
