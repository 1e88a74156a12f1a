package dev.parley.validator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.NoProtocol;
import dev.parley.consensus.Restored;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.FreshNotice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a validator that has forgotten what it signed may sign again. */
class RecoveryTest {
    private long now = 1_000;
    private long next = 1;

    private final Recovery recovery = recovery(0);

    private Recovery recovery(int margin) {
        return new Recovery(margin, () -> next++, () -> now, 500);
    }

    @Test
    void only_a_block_with_its_own_notice_was_made_afterwards() {
        Command own = recovery.notice();
        assertThat(FreshNotice.is(own)).isTrue();
        assertThat(recovery.decided(block(7))).isFalse();
        Command foreign = FreshNotice.command(new byte[FreshNotice.NONCE_BYTES], 2_000);
        assertThat(recovery.decided(block(8, foreign))).isFalse();
        assertThat(recovery.toString()).contains("after its disk was lost");
        assertThat(recovery.decided(block(9, own))).isTrue();
    }

    @Test
    void a_notice_of_before_proves_nothing() {
        Command before = recovery.notice();
        Recovery restarted = recovery(0);
        restarted.notice();
        assertThat(restarted.decided(block(9, before))).isFalse();
    }

    @Test
    void as_many_more_blocks_must_follow_as_the_protocol_speaks_ahead_and_it_makes_them_come() {
        Recovery ahead = recovery(2);
        Command first = ahead.notice();
        assertThat(ahead.notice()).as("until it is ordered").isEqualTo(first);
        assertThat(ahead.decided(block(5, first))).isFalse();
        assertThat(ahead.toString()).isEqualTo("height 7");
        Command second = ahead.notice();
        assertThat(second).isNotEqualTo(first);
        assertThat(ahead.decided(block(6, second))).isFalse();
        assertThat(ahead.decided(block(7))).isTrue();
    }

    @Test
    void a_notice_that_has_expired_gives_way_to_another() {
        Command first = recovery.notice();
        now += 501;
        assertThat(recovery.notice().id()).isNotEqualTo(first.id());
    }

    @Test
    void a_validator_that_follows_takes_blocks_and_says_nothing() {
        FollowingCore core = new FollowingCore(() -> "it may");
        assertThat(core.handle(new Input.Start(Restored.NOTHING))).isEmpty();
        assertThat(core.handle(new Input.WorkPending(true))).isEmpty();
        List<Effect> effects = core.handle(new Input.CaughtUp(List.of(block(1), block(2), block(4))));
        assertThat(effects)
                .filteredOn(Effect.Decide.class::isInstance)
                .extracting(decide -> ((Effect.Decide) decide).block().height())
                .containsExactly(1L, 2L);
        assertThat(effects).noneMatch(effect -> effect instanceof Effect.Send || effect instanceof Effect.Broadcast);
        assertThat(core.report().height()).isEqualTo(2);
        assertThat(core.report().waitingFor()).isEqualTo("it may");
        FollowingCore other = new FollowingCore(() -> "it may");
        assertThatThrownBy(() -> other.handle(new Input.Start(new Restored(List.of(new NoProtocol.Note(1)), null))))
                .isInstanceOf(IllegalStateException.class);
    }

    private static DecidedBlock block(long height, Command... commands) {
        return new DecidedBlock(
                height,
                id(height),
                id(height - 1),
                new ValidatorId(1),
                height,
                new CommandBatch(0, List.of(commands)),
                new NoProtocol.Proof(1));
    }

    private static BlockId id(long height) {
        return height == 0 ? BlockId.GENESIS : new BlockId(new Digest(height, 0, 0, 0));
    }
}
