package dev.parley.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommandPayloadsTest {
    @Property(tries = 200)
    void a_union_is_the_same_whatever_the_order_of_the_proposals(
            @ForAll @Size(min = 1, max = 10) List<@Size(max = 8) List<@IntRange(max = 30) Integer>> proposals,
            @ForAll Random random) {
        List<CommandBatch> batches = new ArrayList<>();
        for (List<Integer> sequences : proposals) {
            batches.add(new CommandBatch(
                    batches.size(),
                    List.of(evidence(batches.size() % 3, "e" + batches.size())),
                    sequences.stream().map(CommandPayloadsTest::command).toList()));
        }
        CommandBatch previous = batch(0, command(3), command(4));
        CommandBatch union = union(batches, previous);
        Collections.shuffle(batches, random);
        assertThat(union(batches, previous).digest()).isEqualTo(union.digest());
        assertThat(union.commands())
                .containsExactlyInAnyOrderElementsOf(batches.stream()
                        .flatMap(batch -> batch.commands().stream())
                        .distinct()
                        .filter(command -> !previous.commands().contains(command))
                        .toList());
    }

    @Property(tries = 200)
    void liars_that_are_fewer_than_half_cannot_move_the_time_beyond_correct_clocks(
            @ForAll @Size(min = 1, max = 12) List<@LongRange(min = 1_000, max = 2_000) Long> correct,
            @ForAll @Size(max = 11) List<@LongRange(min = 0) Long> lies) {
        List<Long> heard = lies.subList(0, Math.min(lies.size(), correct.size() - 1));
        List<CommandBatch> batches = new ArrayList<>();
        correct.forEach(time -> batches.add(batch(time)));
        heard.forEach(time -> batches.add(batch(time)));
        assertThat(union(batches, null).timeMillis()).isBetween(Collections.min(correct), Collections.max(correct));
    }

    @Test
    void time_is_the_median_and_never_goes_back() {
        List<CommandBatch> batches = List.of(batch(50), batch(Long.MAX_VALUE), batch(10), batch(40));
        assertThat(union(batches, null).timeMillis()).isEqualTo(40);
        assertThat(union(batches, batch(39)).timeMillis()).isEqualTo(40);
        assertThat(union(batches, batch(45)).timeMillis()).isEqualTo(45);
    }

    @Test
    void what_is_not_its_clients_takes_nobodys_place() {
        CommandPayloads strict = new CommandPayloads(command -> command.content().length == 0);
        List<CommandBatch> proposals = new ArrayList<>();
        proposals.add(batch(1, command(1)));
        for (int i = 0; i < 50; i++) {
            proposals.add(batch(1, new Command(command(1).id(), 0, i, new byte[] {9})));
        }
        assertThat(strict.union(proposals, null, piece -> true).commands()).containsExactly(command(1));
    }

    @Test
    void two_commands_with_one_id_are_ordered_as_one() {
        Command other = new Command(command(1).id(), 0, 77, new byte[] {9});
        assertThat(union(List.of(batch(1, command(1), command(1)), batch(1, other)), null)
                        .commands())
                .hasSize(1);
        assertThat(union(List.of(batch(1, other)), batch(0, command(1))).commands())
                .isEmpty();
    }

    @Test
    void the_order_of_two_commands_depends_on_what_others_propose() {
        List<Command> both = List.of(command(1), command(2));
        long swapped = 0;
        for (int i = 10; i < 110; i++) {
            List<Command> union =
                    new ArrayList<>(union(List.of(batch(1, command(1), command(2)), batch(1, command(i))), null)
                            .commands());
            union.retainAll(both);
            swapped += union.equals(both) ? 0 : 1;
        }
        assertThat(swapped).isBetween(30L, 70L);
    }

    @Test
    void evidence_is_kept_once_for_a_culprit_if_it_convicts_and_within_its_bound() {
        List<Evidence> many = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            many.add(evidence(i, "a"));
        }
        CommandBatch first = new CommandBatch(1, many, List.of());
        CommandBatch second = new CommandBatch(
                1, List.of(evidence(3, "b"), evidence(20, "b"), evidence(21, "b"), evidence(22, "b")), List.of());
        List<Evidence> union = union(List.of(first, second), null).evidence();
        assertThat(union).hasSize(16);
        assertThat(union.stream().map(Evidence::culprit)).doesNotHaveDuplicates();

        CommandBatch previous = new CommandBatch(0, List.of(evidence(20, "c")), List.of());
        CommandBatch proven = CommandPayloads.INSTANCE.union(
                List.of(first, second),
                previous,
                piece -> piece.culprit().index() >= 20
                        || (piece.culprit().index() == 3 && piece.offence().equals("b")));
        assertThat(proven.evidence().stream().map(piece -> piece.culprit().index()))
                .as("20 was convicted in the block before, one lie about 3 does not hide the truth")
                .containsExactlyInAnyOrder(3, 21, 22);
    }

    @Test
    void what_is_more_than_a_block_may_hold_is_cut() {
        List<CommandBatch> batches = new ArrayList<>();
        byte[] large = new byte[1 << 20];
        for (int i = 0; i < 20; i++) {
            batches.add(batch(1, new Command(new CommandId(new ClientId(1, 2), i + 1), 0, 99, large)));
        }
        CommandBatch union = union(batches, null);
        assertThat(union.commands()).hasSize(15);
        assertThat(union.sizeBytes()).isLessThanOrEqualTo(CommandPayloads.MAX_UNION_BYTES + 16);

        List<Command> small = new ArrayList<>();
        for (int i = 0; i < CommandBatch.MAX_COMMANDS; i++) {
            small.add(command(i));
        }
        List<CommandBatch> full = List.of(new CommandBatch(1, small), batch(1, command(CommandBatch.MAX_COMMANDS)));
        assertThat(union(full, null).commands()).hasSize(CommandBatch.MAX_COMMANDS);
    }

    @Test
    void there_is_no_union_of_nothing() {
        assertThatThrownBy(() -> union(List.of(), null)).isInstanceOf(IllegalArgumentException.class);
    }

    private static CommandBatch union(List<CommandBatch> proposals, @Nullable CommandBatch previous) {
        return CommandPayloads.INSTANCE.union(proposals, previous, piece -> true);
    }

    private static CommandBatch batch(long time, Command... commands) {
        return new CommandBatch(time, Arrays.asList(commands));
    }

    private static Command command(int sequence) {
        return new Command(new CommandId(new ClientId(1, 2), sequence + 1L), 0, 99, new byte[0]);
    }

    private static Evidence evidence(int culprit, String offence) {
        SignedStatement statement = new SignedStatement(new byte[] {1}, new Signature(new byte[64]));
        return new Evidence(new ValidatorId(culprit), offence, statement, statement);
    }
}
