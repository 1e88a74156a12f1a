package dev.parley.mempool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.app.Convictions;
import dev.parley.app.SessionTable;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.crypto.Signature;
import dev.parley.crypto.SignedStatement;
import dev.parley.log.ClientId;
import dev.parley.log.ClientSignatures;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.CommandId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EvidencePoolTest {
    private static final long NOW = 100_000;
    private static final int VALIDATORS = 40;
    private static final BlockId A = new BlockId(new Digest(0, 0, 0, 1));
    private static final BlockId B = new BlockId(new Digest(0, 0, 0, 2));
    private static final BlockId C = new BlockId(new Digest(0, 0, 0, 3));

    private int verified;
    private final Mempool pool = new Mempool(
            MempoolTest.settings(10, 4, 3), new ProvenEvidence(this::convicts), ClientSignatures::isWithoutKey);

    private boolean convicts(Evidence evidence) {
        verified++;
        return evidence.culprit().index() < VALIDATORS && !evidence.offence().startsWith("forged");
    }

    @Test
    void evidence_goes_into_the_next_payload_which_is_not_empty_and_is_accepted() {
        assertThat(pool.hasPending()).isFalse();
        assertThat(pool.accuse(evidence(3, "a"), true)).isTrue();
        assertThat(pool.hasPending()).isTrue();
        CommandBatch built = pool.build(BlockId.GENESIS, NOW, false).orElseThrow();
        assertThat(built.evidence()).containsExactly(evidence(3, "a"));
        assertThat(built.isEmpty()).isFalse();
        assertThat(refusal(A, BlockId.GENESIS, built.evidence())).isNull();
    }

    @Test
    void once_committed_it_is_no_work_and_no_second_piece_against_the_culprit_is_taken_or_accepted() {
        pool.accuse(evidence(3, "a"), true);
        CommandBatch built = pool.build(BlockId.GENESIS, NOW, false).orElseThrow();
        pool.decided(A, built, 1);
        assertThat(pool.hasPending()).isFalse();
        assertThat(pool.pendingAccusations(10)).isEmpty();
        assertThat(pool.accuse(evidence(3, "another"), false)).isFalse();
        assertThat(pool.build(A, NOW, false)).isEmpty();
        assertThat(refusal(B, A, List.of(evidence(3, "a")))).contains("convicted already");
        assertThat(refusal(C, A, List.of(evidence(3, "another")))).contains("convicted already");
    }

    @Test
    void a_child_of_an_undecided_block_with_evidence_holds_none_against_the_same_culprit() {
        pool.accuse(evidence(3, "a"), true);
        CommandBatch first = pool.build(BlockId.GENESIS, NOW, false).orElseThrow();
        pool.register(A, BlockId.GENESIS, first);
        assertThat(pool.build(A, NOW, false)).isEmpty();
        assertThat(pool.hasPending(A)).isFalse();
        assertThat(refusal(B, A, List.of(evidence(3, "b")))).contains("ancestor");
        assertThat(pool.build(BlockId.GENESIS, NOW, false)).as("another branch").isPresent();
        assertThat(pool.hasPending()).as("it is not decided yet").isTrue();
    }

    @Test
    void payloads_with_forged_foreign_or_repeated_evidence_are_refused() {
        assertThat(refusal(A, BlockId.GENESIS, List.of(evidence(3, "forged")))).contains("proves nothing");
        assertThat(refusal(B, BlockId.GENESIS, List.of(evidence(VALIDATORS, "a"))))
                .contains("proves nothing");
        assertThat(refusal(C, BlockId.GENESIS, List.of(evidence(3, "a"), evidence(3, "b"))))
                .contains("other evidence");
    }

    @Test
    void signatures_of_a_piece_are_checked_once_and_never_for_payloads_without_evidence() {
        pool.accuse(evidence(3, "a"), false);
        pool.accuse(evidence(3, "a"), true);
        assertThat(refusal(A, BlockId.GENESIS, List.of(evidence(3, "a")))).isNull();
        assertThat(refusal(B, BlockId.GENESIS, List.of(evidence(3, "a")))).isNull();
        assertThat(verified).isEqualTo(1);
        assertThat(refusal(C, BlockId.GENESIS, List.of())).isNull();
        assertThat(verified).isEqualTo(1);
    }

    @Test
    void a_flood_fills_one_place_for_each_validator_and_a_payload_takes_a_few() {
        for (int round = 0; round < 50; round++) {
            for (int culprit = 0; culprit < VALIDATORS; culprit++) {
                assertThat(pool.accuse(evidence(culprit, "round " + round), false))
                        .isEqualTo(round == 0);
                assertThat(pool.accuse(evidence(culprit, "forged " + round), false))
                        .isFalse();
            }
        }
        assertThat(pool.pendingAccusations(100)).as("peers' own matter").isEmpty();
        List<Evidence> committed = new ArrayList<>();
        BlockId tip = BlockId.GENESIS;
        for (int height = 1; pool.hasPending(); height++) {
            CommandBatch batch = pool.build(tip, NOW, false).orElseThrow();
            assertThat(batch.evidence()).hasSizeBetween(1, CommandBatch.MAX_EVIDENCE);
            committed.addAll(batch.evidence());
            tip = new BlockId(new Digest(9, 9, 9, height));
            pool.decided(tip, batch, height);
        }
        assertThat(committed).hasSize(VALIDATORS).doesNotHaveDuplicates();
    }

    @Test
    void goes_on_after_a_snapshot_without_what_is_convicted_there() {
        pool.accuse(evidence(3, "a"), true);
        pool.accuse(evidence(4, "a"), true);
        Convictions table = new Convictions();
        table.record(new ValidatorId(3), 5);
        pool.restore(B, 7, NOW, new SessionTable(), table);
        assertThat(pool.pendingAccusations(10)).containsExactly(evidence(4, "a"));
        assertThat(pool.accuse(evidence(3, "b"), true)).isFalse();
        assertThat(pool.decidedHeight()).isEqualTo(7);
        assertThat(pool.heightUnder(B)).isEqualTo(8);
    }

    @Test
    void what_the_application_does_not_want_waits_aside_until_it_is_taken_back_ordered_or_expired() {
        List<Command> all = List.of(command(1), command(2), command(3));
        all.forEach(command -> pool.admit(command, null, NOW));
        CommandBatch built = pool.build(BlockId.GENESIS, NOW, false).orElseThrow();
        CommandBatch chosen = pool.choose(built, List.of(command(2)));
        assertThat(chosen.commands()).containsExactly(command(2));
        assertThat(pool.build(BlockId.GENESIS, NOW, false).orElseThrow().commands())
                .containsExactly(command(2));
        pool.decided(A, chosen, 1);
        assertThat(pool.hasPending()).as("nothing that may be proposed now").isFalse();
        assertThat(pool.build(A, NOW, false)).isEmpty();
        assertThat(pool.size()).isEqualTo(2);

        pool.decided(B, new CommandBatch(NOW, List.of(command(3))), 2);
        pool.takeBack();
        assertThat(pool.hasPending()).isTrue();
        assertThat(pool.build(B, NOW, false).orElseThrow().commands()).containsExactly(command(1));

        pool.choose(pool.build(B, NOW, false).orElseThrow(), List.of());
        assertThat(pool.expire(NOW + 60_000)).hasSize(1);
        pool.takeBack();
        assertThat(pool.hasPending()).isFalse();
        assertThat(pool.size()).isZero();
    }

    @Test
    void what_is_set_aside_stays_so_when_a_branch_that_holds_it_is_left() {
        pool.admit(command(1), null, NOW);
        CommandBatch built = pool.build(BlockId.GENESIS, NOW, false).orElseThrow();
        pool.choose(built, List.of());
        pool.register(A, BlockId.GENESIS, built);
        assertThat(pool.build(A, NOW, false)).isEmpty();
        assertThat(pool.build(BlockId.GENESIS, NOW, false)).isEmpty();
        assertThat(pool.build(A, NOW, false)).isEmpty();
        pool.takeBack();
        assertThat(pool.build(A, NOW, false)).as("its ancestor holds it").isEmpty();
        assertThat(pool.build(BlockId.GENESIS, NOW, false).orElseThrow().commands())
                .containsExactly(command(1));
    }

    private @Nullable String refusal(BlockId block, BlockId parent, List<Evidence> evidence) {
        CommandBatch payload = new CommandBatch(NOW, evidence, List.of());
        return pool.check(block, parent, payload, NOW) instanceof Verdict.Refused(Verdict.Fault fault, String reason)
                ? fault + ": " + reason
                : null;
    }

    private static Command command(long sequence) {
        return new Command(
                new CommandId(new ClientId(1, 1), sequence), Command.DEFAULT_LANE, NOW + 20_000, new byte[0]);
    }

    private static Evidence evidence(int culprit, String offence) {
        Signature signature = new Signature(new byte[64]);
        byte[] other = new byte[8];
        Arrays.fill(other, (byte) 1);
        return new Evidence(
                new ValidatorId(culprit),
                offence,
                new SignedStatement(new byte[8], signature),
                new SignedStatement(other, signature));
    }
}
