package dev.parley.mempool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.app.Convictions;
import dev.parley.app.SessionTable;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Sample;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.ClientId;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MempoolTest {
    private static final long NOW = 100_000;
    private static final ValidatorId PEER = new ValidatorId(3);
    private static final BlockId A = blockId(1);
    private static final BlockId B = blockId(2);
    private static final BlockId C = blockId(3);

    private final Mempool pool = new Mempool(settings(10, 4, 3));

    @Test
    void orders_by_lane_then_by_arrival() {
        admit(command(1, 2), command(2, 0), command(3, 3), command(4, 0), command(5, 1));
        assertThat(sequences(build(BlockId.GENESIS, 3))).containsExactly(2L, 4L, 5L);
    }

    @Test
    void answers_a_duplicate() {
        admit(command(1));
        assertThat(pool.admit(command(1), null, NOW)).isInstanceOf(Admission.Duplicate.class);
        assertThat(pool.size()).isEqualTo(1);
    }

    @Test
    void answers_with_the_place_of_a_command_that_was_ordered() {
        decide(A, batch(NOW, command(7), command(1)), 1);
        assertThat(pool.admit(command(1), null, NOW)).isEqualTo(new Admission.AlreadyOrdered(1, 1));
    }

    @Test
    void refuses_what_has_expired_lies_too_far_ahead_is_too_old_or_too_large() {
        assertThat(pool.admit(command(1, 1, NOW - 1, 0), null, NOW)).isInstanceOf(Admission.Expired.class);
        assertThat(pool.admit(command(1, 1, NOW + 600_001, 0), null, NOW)).isInstanceOf(Admission.TooFarAhead.class);
        assertThat(pool.admit(command(1, 1, NOW, 1000), null, NOW)).isEqualTo(new Admission.TooLarge(1000));
        decide(A, batch(NOW, command(20_000)), 1);
        assertThat(pool.admit(command(1), null, NOW)).isInstanceOf(Admission.TooOld.class);
        assertThat(pool.size()).isZero();
        assertThat(pool.sizeBytes()).isZero();
        assertThat(pool.hasPending()).isFalse();
    }

    @Test
    void what_is_not_its_clients_is_neither_taken_in_nor_accepted_in_a_block_and_uses_up_no_number() {
        Set<Long> forged = new HashSet<>(Set.of(1L));
        Mempool strict = new Mempool(
                settings(10, 4, 3),
                evidence -> false,
                command -> !forged.contains(command.id().sequence()));
        assertThat(strict.admit(command(1), null, NOW)).isInstanceOf(Admission.NotAuthentic.class);
        assertThat(strict.hasPending()).isFalse();
        assertThat(strict.check(A, BlockId.GENESIS, batch(NOW, command(2), command(1)), NOW))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Verdict.Fault.COMMAND));
        strict.decided(B, batch(NOW, command(1)), 1);
        forged.clear();
        assertThat(strict.admit(command(1), null, NOW)).isInstanceOf(Admission.Accepted.class);
    }

    @Test
    void a_command_whose_time_is_over_in_the_last_block_has_expired_whatever_the_clock() {
        decide(A, batch(NOW), 1);
        assertThat(pool.admit(command(1, 1, NOW - 1, 0), null, NOW - 500)).isInstanceOf(Admission.Expired.class);
    }

    @Test
    void a_full_pool_is_busy_until_commands_are_ordered() {
        for (int i = 1; i <= 10; i++) {
            admit(command(i));
        }
        assertThat(pool.admit(command(11), null, NOW))
                .isInstanceOfSatisfying(
                        Admission.Busy.class,
                        busy -> assertThat(busy.retryAfter()).isBetween(Duration.ofMillis(10), Duration.ofSeconds(5)));
        decide(A, build(BlockId.GENESIS, 3), 1);
        admit(command(11));
    }

    @Test
    void a_pool_full_in_bytes_is_busy() {
        for (int i = 1; i <= 5; i++) {
            admit(command(i, 1, NOW, 900));
        }
        assertThat(pool.admit(command(6, 1, NOW, 900), null, NOW)).isInstanceOf(Admission.Busy.class);
        admit(command(7));
    }

    @Test
    void the_hint_follows_the_rate_at_which_commands_leave() {
        DrainRate rate = new DrainRate();
        rate.drained(4000);
        assertThat(rate.retryAfter(4000, 1000)).isEqualTo(Duration.ofMillis(250));
        assertThat(rate.retryAfter(1, 1000)).isEqualTo(Duration.ofMillis(10));
        assertThat(rate.retryAfter(1_000_000, 1000)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void a_peer_fills_its_share_and_no_more() {
        for (int i = 1; i <= 4; i++) {
            assertThat(pool.admit(command(i), PEER, NOW)).isInstanceOf(Admission.Accepted.class);
        }
        assertThat(pool.admit(command(5), PEER, NOW)).isInstanceOf(Admission.Busy.class);
        assertThat(pool.admit(command(5), new ValidatorId(2), NOW)).isInstanceOf(Admission.Accepted.class);
        admit(command(6));
    }

    @Test
    void refused_commands_use_nothing_of_a_peers_share() {
        decide(A, batch(NOW), 1);
        for (int i = 1; i <= 100; i++) {
            pool.admit(command(i, 1, NOW - 1, 0), PEER, NOW);
            pool.admit(command(1), PEER, NOW);
        }
        for (int i = 2; i <= 4; i++) {
            assertThat(pool.admit(command(i), PEER, NOW)).isInstanceOf(Admission.Accepted.class);
        }
    }

    @Test
    void a_command_that_a_client_brings_too_leaves_the_peers_share() {
        for (int i = 1; i <= 4; i++) {
            pool.admit(command(i), PEER, NOW);
        }
        assertThat(pool.admit(command(1), null, NOW)).isInstanceOf(Admission.Duplicate.class);
        assertThat(pool.admit(command(5), PEER, NOW)).isInstanceOf(Admission.Accepted.class);
        assertThat(pool.pendingOlderThan(0, NOW, 10)).containsExactly(command(1));
    }

    @Test
    void a_share_is_free_again_once_its_commands_are_ordered_or_expired() {
        pool.admit(command(1, 1, NOW, 0), PEER, NOW);
        pool.admit(command(2, 1, NOW, 0), PEER, NOW);
        pool.admit(command(3, 1, NOW, 0), PEER, NOW);
        pool.admit(command(4, 1, NOW, 0), PEER, NOW);
        decide(A, build(BlockId.GENESIS, 3), 1);
        assertThat(pool.expire(NOW + 5000)).hasSize(1);
        for (int i = 5; i <= 8; i++) {
            assertThat(pool.admit(command(i), PEER, NOW)).isInstanceOf(Admission.Accepted.class);
        }
    }

    @Test
    void a_block_does_not_hold_what_its_undecided_ancestors_hold() {
        admit(command(1), command(2), command(3), command(4), command(5));
        register(A, BlockId.GENESIS, build(BlockId.GENESIS, 3));
        assertThat(sequences(build(A, 2))).containsExactly(4L, 5L);
        assertThat(sequences(build(BlockId.GENESIS, 3))).containsExactly(1L, 2L, 3L);
        assertThat(pool.hasPending(A)).isTrue();
        register(B, A, build(A, 2));
        assertThat(pool.hasPending(B)).isFalse();
        assertThat(pool.hasPending()).isTrue();
        assertThat(pool.build(B, NOW, false)).isEmpty();
        assertThat(build(B, 0).timeMillis()).isEqualTo(NOW);
    }

    @Test
    void commands_of_a_branch_that_lost_are_ordered_in_their_old_place() {
        admit(command(1), command(2), command(3), command(4), command(5));
        register(A, BlockId.GENESIS, build(BlockId.GENESIS, 3));
        register(B, A, build(A, 2));
        decide(C, batch(NOW, command(2)), 1);
        assertThat(sequences(build(C, 3))).containsExactly(1L, 3L, 4L);
        assertThat(pool.undecidedBlocks()).isZero();
        assertThat(pool.register(blockId(9), A, batch(NOW))).isFalse();
    }

    @Test
    void a_decided_block_keeps_its_descendants() {
        admit(command(1), command(2), command(3), command(4), command(5));
        register(A, BlockId.GENESIS, build(BlockId.GENESIS, 3));
        register(B, A, build(A, 2));
        decide(A, batch(NOW, command(1), command(2), command(3)), 1);
        assertThat(pool.hasPending(B)).isFalse();
        assertThat(sequences(build(A, 2))).containsExactly(4L, 5L);
    }

    @Test
    void block_time_is_the_parents_where_the_clock_is_behind() {
        register(A, BlockId.GENESIS, batch(NOW + 400));
        assertThat(build(A, 0).timeMillis()).isEqualTo(NOW + 400);
    }

    @Test
    void an_unknown_parent_builds_nothing() {
        admit(command(1));
        assertThat(pool.build(B, NOW, true)).isEmpty();
        assertThat(pool.hasPending(B)).isFalse();
    }

    @Test
    void a_block_ends_at_its_bound_of_bytes() {
        admit(command(1, 1, NOW, 900), command(2, 1, NOW, 900), command(3, 1, NOW, 900));
        CommandBatch built = build(BlockId.GENESIS, 2);
        assertThat(built.sizeBytes()).isLessThanOrEqualTo(2000);
    }

    @Test
    void a_good_payload_is_accepted_and_stays_so() {
        admit(command(1));
        CommandBatch batch = batch(NOW, command(1), command(2));
        assertThat(check(A, BlockId.GENESIS, batch)).isInstanceOf(Verdict.Accepted.class);
        assertThat(pool.check(A, BlockId.GENESIS, batch, NOW + 60_000)).isInstanceOf(Verdict.Accepted.class);
        decide(A, batch, 1);
        assertThat(check(A, BlockId.GENESIS, batch)).isInstanceOf(Verdict.Accepted.class);
        assertThat(pool.size()).isZero();
    }

    @Test
    void refuses_block_time_that_goes_back_or_is_far_from_the_clock() {
        register(A, BlockId.GENESIS, batch(NOW));
        assertThat(refusal(A, batch(NOW - 1))).contains("before its parent's");
        assertThat(check(blockId(20), A, batch(NOW))).isInstanceOf(Verdict.Accepted.class);
        assertThat(check(blockId(21), A, batch(NOW + 1000))).isInstanceOf(Verdict.Accepted.class);
        assertThat(refusal(A, batch(NOW + 1001))).contains("ahead");
        assertThat(check(blockId(22), BlockId.GENESIS, batch(NOW - 10_000))).isInstanceOf(Verdict.Accepted.class);
        assertThat(refusal(BlockId.GENESIS, batch(NOW - 10_001))).contains("behind");
    }

    @Test
    void refuses_a_command_twice_in_one_block_or_on_one_branch_or_ordered_before() {
        assertThat(refusal(BlockId.GENESIS, batch(NOW, command(1), command(1)))).contains("twice");
        register(A, BlockId.GENESIS, batch(NOW, command(1)));
        register(B, A, batch(NOW));
        assertThat(refusal(B, batch(NOW, command(2), command(1)))).contains("ancestor");
        assertThat(check(C, BlockId.GENESIS, batch(NOW, command(1)))).isInstanceOf(Verdict.Accepted.class);
        decide(A, batch(NOW, command(1)), 1);
        assertThat(refusal(B, batch(NOW, command(1)))).contains("must not be ordered");
    }

    @Test
    void refuses_what_has_expired_or_lies_too_far_ahead_in_block_time() {
        assertThat(refusal(BlockId.GENESIS, batch(NOW, command(1, 1, NOW - 1, 0))))
                .contains("Expired");
        assertThat(refusal(BlockId.GENESIS, batch(NOW, command(1, 1, NOW + 600_001, 0))))
                .contains("TooFarAhead");
    }

    @Test
    void refuses_payloads_over_the_bounds_without_remembering_them() {
        assertThat(refusal(BlockId.GENESIS, batch(NOW, command(1), command(2), command(3), command(4))))
                .contains("4 commands");
        assertThat(refusal(BlockId.GENESIS, batch(NOW, command(1, 1, NOW, 1200))))
                .contains("over 1000");
        assertThat(refusal(BlockId.GENESIS, batch(NOW, command(1, 1, NOW, 2200))))
                .contains("bytes");
        assertThat(refusal(C, batch(NOW))).contains("not known");
        assertThat(pool.undecidedBlocks()).isZero();
    }

    @Test
    void what_has_expired_is_handed_back() {
        admit(command(1, 1, NOW + 100, 0), command(2, 1, NOW + 5000, 0));
        assertThat(pool.expire(NOW + 100)).isEmpty();
        assertThat(pool.expire(NOW + 101))
                .containsExactly(new Withdrawn(command(1, 1, NOW + 100, 0), new Admission.Expired()));
        assertThat(pool.size()).isEqualTo(1);
    }

    @Test
    void of_many_that_expire_in_one_second_those_go_whose_time_is_over() {
        for (int i = 0; i < 10; i++) {
            admit(command(i + 1, 1, NOW + 100L * ((i * 7) % 10), 0));
        }
        assertThat(pool.expire(NOW + 450))
                .extracting(gone -> gone.command().expiresAtMillis() - NOW)
                .containsExactlyInAnyOrder(0L, 100L, 200L, 300L, 400L);
        assertThat(pool.expire(NOW + 901)).hasSize(5);
        assertThat(pool.hasPending()).isFalse();
    }

    @Test
    void what_a_peer_waits_for_alone_because_it_has_expired_by_the_clock_is_settled_by_a_block_too() {
        assertThat(pool.admit(command(1, 1, NOW, 0), null, NOW + 1)).isInstanceOf(Admission.Expired.class);
        assertThat(pool.admit(command(1, 1, NOW, 0), PEER, NOW + 1)).isInstanceOf(Admission.Accepted.class);
        Optional<CommandBatch> built = pool.build(BlockId.GENESIS, NOW + 1, false);
        assertThat(built)
                .hasValueSatisfying(batch -> assertThat(batch.commands()).isEmpty());
        decide(A, built.orElseThrow(), 1);
        assertThat(pool.expire(NOW + 1)).hasSize(1);
        assertThat(pool.hasPending()).isFalse();
        assertThat(pool.admit(command(2, 1, NOW, 0), PEER, NOW + 2))
                .as("over in block time")
                .isInstanceOf(Admission.Expired.class);
    }

    @Test
    void that_is_settled_too_of_which_a_client_has_sent_much_since() {
        decide(A, batch(NOW, command(20_000)), 1);
        assertThat(pool.admit(command(1, 1, NOW + 1, 0), PEER, NOW)).isInstanceOf(Admission.TooOld.class);
        assertThat(pool.admit(command(1, 1, NOW + 1, 0), PEER, NOW + 2)).isInstanceOf(Admission.Accepted.class);
        assertThat(pool.build(A, NOW + 2, false))
                .hasValueSatisfying(batch -> assertThat(batch.commands()).isEmpty());
        assertThat(pool.admit(command(20_000), PEER, NOW + 1_000_000))
                .as("ordered")
                .isInstanceOf(Admission.AlreadyOrdered.class);
    }

    @Test
    void expired_commands_ask_for_a_block_that_settles_them() {
        admit(command(1, 1, NOW + 100, 0));
        Optional<CommandBatch> built = pool.build(BlockId.GENESIS, NOW + 101, false);
        assertThat(built)
                .hasValueSatisfying(batch -> assertThat(batch.commands()).isEmpty());
        decide(A, built.orElseThrow(), 1);
        assertThat(pool.build(A, NOW + 102, false)).isEmpty();
        assertThat(pool.expire(NOW + 101)).extracting(Withdrawn::why).containsExactly(new Admission.Expired());
        assertThat(pool.hasPending()).isFalse();
    }

    @Test
    void what_became_too_old_is_handed_back_when_met() {
        admit(command(1));
        decide(A, batch(NOW, command(20_000)), 1);
        assertThat(pool.build(A, NOW, false)).isEmpty();
        assertThat(pool.expire(NOW)).containsExactly(new Withdrawn(command(1), new Admission.TooOld()));
    }

    @Test
    void local_commands_are_offered_again_after_an_interval() {
        admit(command(1));
        pool.admit(command(2), null, NOW + 50);
        pool.admit(command(3), PEER, NOW);
        assertThat(pool.pendingOlderThan(100, NOW + 99, 10)).isEmpty();
        assertThat(pool.pendingOlderThan(100, NOW + 100, 10)).containsExactly(command(1));
        assertThat(pool.pendingOlderThan(100, NOW + 150, 10)).containsExactly(command(2));
        assertThat(pool.pendingOlderThan(100, NOW + 250, 1)).containsExactly(command(1));
        decide(A, batch(NOW, command(1)), 1);
        assertThat(pool.pendingOlderThan(100, NOW + 1000, 10)).containsExactly(command(2));
    }

    @Test
    void goes_on_after_a_snapshot() {
        admit(command(1), command(2));
        register(A, BlockId.GENESIS, batch(NOW, command(2)));
        SessionTable table = new SessionTable();
        table.record(command(1).id(), NOW + 1000, 5, 3);
        pool.restore(B, 2, NOW + 10, table, new Convictions());
        assertThat(pool.expire(NOW)).containsExactly(new Withdrawn(command(1), new Admission.AlreadyOrdered(5, 3)));
        assertThat(pool.build(B, NOW, false))
                .hasValueSatisfying(batch -> assertThat(sequences(batch)).containsExactly(2L));
        assertThat(pool.undecidedBlocks()).isZero();
    }

    @Test
    void undecided_blocks_are_bounded_and_the_branch_in_use_is_kept() {
        register(A, BlockId.GENESIS, batch(NOW, command(1)));
        register(B, A, batch(NOW));
        assertThat(check(C, B, batch(NOW))).isInstanceOf(Verdict.Accepted.class);
        for (int i = 10; i < 100; i++) {
            register(blockId(i), BlockId.GENESIS, batch(NOW, command(i)));
        }
        assertThat(pool.undecidedBlocks()).isEqualTo(8);
        assertThat(pool.build(B, NOW, true)).isPresent();
        assertThat(pool.build(blockId(99), NOW, true)).isPresent();
        assertThat(pool.build(blockId(10), NOW, true)).isEmpty();
    }

    @Test
    void a_sample_is_taken_out_of_the_first_commands_by_its_seed_alone() {
        for (int i = 1; i <= 8; i++) {
            admit(command(i));
        }
        Map<Long, Integer> taken = new HashMap<>();
        for (int seed = 0; seed < 3000; seed++) {
            List<Long> chosen = sample(6, 2, seed);
            assertThat(chosen).hasSize(2).doesNotHaveDuplicates();
            assertThat(sample(6, 2, seed)).isEqualTo(chosen);
            chosen.forEach(sequence -> taken.merge(sequence, 1, Integer::sum));
        }
        assertThat(taken.keySet()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(taken.values()).allMatch(times -> times > 900 && times < 1100, "about a third of 3000");
    }

    @Test
    void a_sample_of_few_commands_is_all_of_them_and_of_none_is_nothing() {
        Sample sample = new Sample(6, 3, 1);
        assertThat(pool.build(BlockId.GENESIS, NOW, false, sample)).isEmpty();
        assertThat(pool.build(BlockId.GENESIS, NOW, true, sample)).isPresent();
        admit(command(1), command(2));
        assertThat(sample(6, 3, 1)).containsExactlyInAnyOrder(1L, 2L);
        assertThat(sample(Integer.MAX_VALUE, Integer.MAX_VALUE, 1)).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void a_sample_holds_no_more_than_its_part_of_a_blocks_bytes_but_one_command_always() {
        for (int i = 1; i <= 5; i++) {
            admit(command(i, 1, NOW, 800));
        }
        assertThat(sample(5, 5, 1)).as("of 2000 bytes").hasSize(2);
        assertThat(sample(4, 2, 1)).as("of 1000 bytes").hasSize(1);
        assertThat(sample(5, 1, 1)).as("of 400 bytes").hasSize(1);
    }

    @Test
    void a_sample_leaves_out_what_an_undecided_ancestor_holds() {
        admit(command(1), command(2), command(3));
        register(A, BlockId.GENESIS, batch(NOW, command(2)));
        CommandBatch built = pool.build(A, NOW, true, new Sample(9, 9, 4)).orElseThrow();
        assertThat(sequences(built)).containsExactlyInAnyOrder(1L, 3L);
    }

    private List<Long> sample(int of, int take, long seed) {
        return sequences(pool.build(BlockId.GENESIS, NOW, true, new Sample(of, take, seed))
                .orElseThrow());
    }

    private void admit(Command... commands) {
        for (Command command : commands) {
            assertThat(pool.admit(command, null, NOW)).isInstanceOf(Admission.Accepted.class);
        }
    }

    private void register(BlockId block, BlockId parent, CommandBatch batch) {
        assertThat(pool.register(block, parent, batch)).isTrue();
    }

    private void decide(BlockId block, CommandBatch batch, long height) {
        pool.decided(block, batch, height);
    }

    private CommandBatch build(BlockId parent, int expectedCommands) {
        CommandBatch built = pool.build(parent, NOW, true).orElseThrow();
        assertThat(built.commands()).hasSize(expectedCommands);
        return built;
    }

    private Verdict check(BlockId block, BlockId parent, CommandBatch batch) {
        return pool.check(block, parent, batch, NOW);
    }

    private @Nullable String refusal(BlockId parent, CommandBatch batch) {
        BlockId block = new BlockId(
                Digest.sha256(batch.digest().toBytes(), parent.hash().toBytes()));
        return check(block, parent, batch) instanceof Verdict.Refused(Verdict.Fault fault, String reason)
                ? reason
                : null;
    }

    private static List<Long> sequences(CommandBatch batch) {
        List<Long> sequences = new ArrayList<>();
        batch.commands().forEach(command -> sequences.add(command.id().sequence()));
        return sequences;
    }

    private static CommandBatch batch(long time, Command... commands) {
        return new CommandBatch(time, Arrays.asList(commands));
    }

    private static Command command(long sequence) {
        return command(sequence, Command.DEFAULT_LANE);
    }

    private static Command command(long sequence, int lane) {
        return command(sequence, lane, NOW + 20_000, 0);
    }

    private static Command command(long sequence, int lane, long expiresAtMillis, int contentBytes) {
        return new Command(new CommandId(new ClientId(1, 1), sequence), lane, expiresAtMillis, new byte[contentBytes]);
    }

    private static BlockId blockId(int number) {
        return new BlockId(new Digest(0, 0, 0, number));
    }

    static MempoolSettings settings(int maxCommands, int maxPeerCommands, int maxBlockCommands) {
        return new MempoolSettings(
                maxCommands,
                5000,
                maxPeerCommands,
                2000,
                1000,
                maxBlockCommands,
                2000,
                8,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                100,
                Duration.ofMinutes(10));
    }
}
