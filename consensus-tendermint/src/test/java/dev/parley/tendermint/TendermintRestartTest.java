package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.payload;
import static dev.parley.tendermint.Fixture.v;
import static dev.parley.tendermint.OneCore.messages;
import static dev.parley.tendermint.OneCore.precommitted;
import static dev.parley.tendermint.OneCore.prevoted;
import static dev.parley.tendermint.TendermintCore.PRECOMMIT_TIMER;
import static dev.parley.tendermint.TendermintCore.PREVOTE_TIMER;
import static dev.parley.tendermint.TendermintCore.PROPOSE_TIMER;
import static dev.parley.tendermint.TendermintMessage.NIL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Restored;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintRecord.BlockRecord;
import dev.parley.tendermint.TendermintStatements.Slot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hazard 20: what was signed before a restart is signed again or not at all, and votes that are still legal are given. */
class TendermintRestartTest {
    private final Fixture make = new Fixture();
    private final Block a = make.block(0, 1);
    private final Block b = make.block(1, 2);
    private final Block c = make.block(2, 3);
    private final Block rival = make.block(0, 9);

    /** A validator whose power fails before the write with a given number. */
    private final class Validator {
        private final ValidatorId self;
        private final LinkedHashMap<RecordKey, ConsensusRecord> disk = new LinkedHashMap<>();
        /** What left the process, through all restarts. */
        private final Map<Slot, byte[]> said = new LinkedHashMap<>();

        private final Set<TimerId> timers = new HashSet<>();
        private @Nullable DecidedBlock decided;
        private @Nullable ConsensusCore core;
        private Effect.@Nullable RequestPayload request;
        private int writesLeft;
        private int writes;
        private boolean up;

        Validator(int index, int writesBeforeTheCrash) {
            self = v(index);
            writesLeft = writesBeforeTheCrash;
            start();
        }

        void restart() {
            writesLeft = Integer.MAX_VALUE;
            timers.clear();
            request = null;
            start();
        }

        private void start() {
            up = true;
            core = make.protocol().createCore(make.setups[self.index()]);
            give(new Input.Start(new Restored(new ArrayList<>(disk.values()), decided)));
        }

        void receive(int from, TendermintMessage message) {
            give(new Input.Received(v(from), message));
        }

        void fire(TimerId timer) {
            if (timers.remove(timer)) {
                give(new Input.TimerFired(timer));
            }
        }

        void answer(int number) {
            Effect.RequestPayload asked = request;
            if (asked != null) {
                request = null;
                give(new Input.PayloadReady(asked.ticket(), payload(number)));
            }
        }

        void give(Input first) {
            ArrayDeque<Input> inputs = new ArrayDeque<>(List.of(first));
            ConsensusCore running = core;
            while (up && running != null && !inputs.isEmpty()) {
                for (Effect effect : running.handle(inputs.remove())) {
                    if (!up) {
                        return;
                    }
                    perform(effect, inputs);
                }
            }
        }

        private void perform(Effect effect, ArrayDeque<Input> answers) {
            switch (effect) {
                case Effect.Persist(var key, var record) -> write(() -> disk.put(key, record));
                case Effect.Forget(var key) -> write(() -> disk.remove(key));
                case Effect.Decide(var block) -> write(() -> decided = block);
                case Effect.StartTimer start -> timers.add(start.timer());
                case Effect.CancelTimer(var timer) -> timers.remove(timer);
                case Effect.RequestPayload asked -> request = asked;
                case Effect.CheckPayload check -> answers.add(new Input.PayloadChecked(check.block(), true));
                case Effect.Broadcast(Vote vote) ->
                    say(vote.voter(), make.statements.vote(vote.kind(), vote.height(), vote.round(), vote.block()));
                case Effect.Broadcast(Proposal proposal) ->
                    say(
                            proposal.proposer(),
                            make.statements.proposal(
                                    proposal.height(), proposal.round(), proposal.validRound(), proposal.block()));
                default -> {}
            }
        }

        private void write(Runnable change) {
            if (writesLeft == 0) {
                up = false;
                return;
            }
            writesLeft--;
            writes++;
            change.run();
        }

        private void say(ValidatorId who, byte[] statement) {
            assertThat(who).isEqualTo(self);
            Slot slot = make.statements.slotOf(statement);
            assertThat(slot).isNotNull();
            if (slot != null) {
                byte[] before = said.putIfAbsent(slot, statement);
                assertThat(before == null || Arrays.equals(before, statement))
                        .as("one statement for all %s", slot)
                        .isTrue();
            }
        }

        boolean saidPrevote(long height, int round) {
            return said.containsKey(new Slot(1, height, round));
        }

        boolean saidVoteFor(Vote vote) {
            int kind = vote.kind() == VoteKind.PREVOTE ? 1 : 2;
            return Arrays.equals(
                    said.get(new Slot(kind, vote.height(), vote.round())),
                    make.statements.vote(vote.kind(), vote.height(), vote.round(), vote.block()));
        }
    }

    /** Validator 1: locks in round 0, proposes its valid value in round 1, decides it, and proposes first at height 2. */
    private void twoRounds(Validator validator, int number) {
        validator.give(new Input.WorkPending(true));
        validator.receive(0, make.proposal(a));
        validator.receive(0, make.prevote(0, 0, a.id()));
        validator.receive(2, make.prevote(2, 0, a.id()));
        validator.receive(0, make.precommit(0, 0, NIL));
        validator.receive(2, make.precommit(2, 0, NIL));
        validator.fire(PRECOMMIT_TIMER);
        validator.answer(number);
        validator.receive(0, make.prevote(0, 1, a.id()));
        validator.receive(2, make.prevote(2, 1, a.id()));
        validator.receive(0, make.precommit(0, 1, a.id()));
        validator.receive(2, make.precommit(2, 1, a.id()));
        validator.receive(3, make.precommit(3, 1, a.id()));
        validator.answer(number);
    }

    /** Validator 0: proposes, fails a round of nil, and locks the next one's block. */
    private void proposerThenVoter(Validator validator, int number) {
        validator.give(new Input.WorkPending(true));
        validator.answer(number);
        validator.receive(1, make.prevote(1, 0, NIL));
        validator.receive(2, make.prevote(2, 0, NIL));
        validator.fire(PREVOTE_TIMER);
        for (int peer = 1; peer < 4; peer++) {
            validator.receive(peer, make.precommit(peer, 0, NIL));
        }
        validator.receive(1, make.proposal(b));
        validator.receive(1, make.prevote(1, 1, b.id()));
        validator.receive(2, make.prevote(2, 1, b.id()));
        validator.receive(1, make.precommit(1, 1, b.id()));
        validator.receive(2, make.precommit(2, 1, b.id()));
    }

    /** Another past than the one that was seen before: other blocks, other polkas, time-outs. */
    private void anotherWorld(Validator validator) {
        validator.give(new Input.WorkPending(true));
        validator.receive(0, make.proposal(rival));
        validator.fire(PROPOSE_TIMER);
        for (int peer : new int[] {0, 2, 3}) {
            validator.receive(peer, make.prevote(peer, 0, rival.id()));
        }
        validator.fire(PREVOTE_TIMER);
        validator.receive(0, make.precommit(0, 0, NIL));
        validator.receive(2, make.precommit(2, 0, rival.id()));
        validator.receive(3, make.precommit(3, 0, NIL));
        validator.fire(PRECOMMIT_TIMER);
        validator.answer(7);
        validator.receive(1, make.proposal(b));
        validator.fire(PROPOSE_TIMER);
        for (int peer : new int[] {0, 2, 3}) {
            validator.receive(peer, make.prevote(peer, 1, b.id()));
            validator.receive(peer, make.precommit(peer, 1, NIL));
        }
        validator.receive(2, make.proposal(c));
    }

    private int crashAfterEveryWrite(int index, Consumer<Validator> past, Consumer<Validator> future) {
        Validator whole = new Validator(index, Integer.MAX_VALUE);
        past.accept(whole);
        for (int writes = 0; writes <= whole.writes; writes++) {
            Validator validator = new Validator(index, writes);
            past.accept(validator);
            validator.restart();
            future.accept(validator);
        }
        return whole.writes;
    }

    @Test
    void after_every_write_of_two_rounds_the_rest_of_them_decides_as_if_nothing_had_happened() {
        int writes = crashAfterEveryWrite(1, validator -> twoRounds(validator, 5), validator -> {
            twoRounds(validator, 6);
            assertThat(validator.decided).isNotNull();
            assertThat(validator.saidPrevote(1, 0)).isTrue();
            assertThat(validator.saidVoteFor(make.precommit(1, 0, a.id()))).isTrue();
            assertThat(validator.said).containsKey(new Slot(0, 1, 1));
            assertThat(validator.said).containsKey(new Slot(0, 2, 0));
        });
        assertThat(writes).isGreaterThan(8);
    }

    @Test
    void after_every_write_of_two_rounds_another_world_finds_no_second_statement_and_no_broken_lock() {
        crashAfterEveryWrite(1, validator -> twoRounds(validator, 5), validator -> {
            boolean locked = validator.saidVoteFor(make.precommit(1, 0, a.id()));
            anotherWorld(validator);
            if (locked) {
                assertThat(validator.saidVoteFor(make.prevote(1, 2, c.id()))).isFalse();
            }
            twoRounds(validator, 6);
        });
    }

    @Test
    void after_every_write_a_proposer_stays_with_its_proposal_and_gives_the_votes_that_it_still_owes() {
        int writes = crashAfterEveryWrite(0, validator -> proposerThenVoter(validator, 5), validator -> {
            proposerThenVoter(validator, 6);
            assertThat(validator.said).containsKey(new Slot(0, 1, 0));
            assertThat(validator.saidVoteFor(make.precommit(0, 0, NIL))).isTrue();
            assertThat(validator.saidVoteFor(make.precommit(0, 1, b.id()))).isTrue();
            assertThat(validator.decided).isNotNull();
        });
        assertThat(writes).isGreaterThan(6);
    }

    @Test
    void after_every_write_of_a_proposer_another_world_finds_no_second_statement() {
        crashAfterEveryWrite(0, validator -> proposerThenVoter(validator, 5), this::anotherWorld);
    }

    @Test
    void after_a_second_crash_in_another_world_it_still_says_one_thing() {
        Validator once = new Validator(1, Integer.MAX_VALUE);
        twoRounds(once, 5);
        for (int first = 0; first <= once.writes; first++) {
            for (int second = 0; second < 8; second++) {
                Validator validator = new Validator(1, first);
                twoRounds(validator, 5);
                validator.restart();
                validator.writesLeft = second;
                anotherWorld(validator);
                validator.restart();
                twoRounds(validator, 6);
            }
        }
    }

    @Test
    void sends_again_what_it_had_voted() {
        OneCore core = new OneCore(make, 3);
        List<Effect> before = core.propose(make.proposal(a));
        before.addAll(core.prevotes(0, a.id(), 0, 1));
        List<Effect> after = new ArrayList<>(core.restart());
        assertThat(messages(after, Vote.class)).isEqualTo(messages(before, Vote.class));
        assertThat(core.lock()).isEqualTo(new Lock(0, a.id()).toString());
        core.fail(0);
        assertThat(prevoted(core.propose(make.proposal(b)))).containsExactly(NIL);
    }

    @Test
    void a_proposer_sends_its_proposal_again_with_its_payload() {
        OneCore core = new OneCore(make, 0);
        List<Effect> before = core.give(new Input.PayloadReady(1, payload(1)));
        List<Effect> after = new ArrayList<>(core.restart());
        assertThat(messages(after, Proposal.class)).isEqualTo(messages(before, Proposal.class));
        assertThat(messages(after, Proposal.class).getFirst().payload()).isNotNull();
        after.addAll(core.give(new Input.WorkPending(true)));
        assertThat(after).noneMatch(Effect.RequestPayload.class::isInstance);
    }

    @Test
    void proposes_the_valid_value_of_before_from_its_own_disk() {
        OneCore core = new OneCore(make, 1);
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0, 2);
        core.restart();
        assertThat(messages(core.fail(0), Proposal.class)).singleElement().satisfies(proposal -> {
            assertThat(proposal.block()).isEqualTo(a.id());
            assertThat(proposal.validRound()).isZero();
            assertThat(proposal.payload()).isNotNull();
        });
    }

    @Test
    void votes_in_the_next_step_of_the_round_in_which_it_crashed() {
        OneCore core = new OneCore(make, 3);
        core.propose(make.proposal(a));
        core.restart();
        core.receive(0, make.proposal(a));
        assertThat(precommitted(core.prevotes(0, a.id(), 0, 1))).containsExactly(a.id());
    }

    @Test
    void votes_at_once_in_the_round_after_the_one_in_which_it_crashed() {
        OneCore core = new OneCore(make, 3);
        core.wake();
        core.fire(PROPOSE_TIMER);
        core.restart();
        core.prevotes(1, NIL, 0, 1);
        assertThat(prevoted(core.propose(make.proposal(b)))).containsExactly(b.id());
    }

    @Test
    void what_was_signed_at_a_decided_height_is_over() {
        OneCore core = new OneCore(make, 3);
        core.propose(make.proposal(a));
        core.prevotes(0, a.id(), 0, 1);
        core.precommits(0, a.id(), 0, 1);
        assertThat(messages(core.restart(), Vote.class)).isEmpty();
        assertThat(core.height()).isEqualTo(1);
        Block next = make.block(2, a.id(), 0, payload(4));
        assertThat(prevoted(core.propose(make.proposal(next)))).containsExactly(next.id());
    }

    @Test
    void a_block_that_lost_its_height_is_deleted_at_the_next_start() {
        ConsensusCore core = make.protocol().createCore(make.setups[3]);
        List<Effect> effects =
                core.handle(new Input.Start(new Restored(List.of(new BlockRecord(rival)), make.decided(a))));
        assertThat(effects).contains(new Effect.Forget(TendermintRecord.blockKey(rival.id())));
    }

    @Test
    void refuses_to_start_when_the_log_lost_its_end() {
        SafetyRecord record = SafetyRecord.atHeight(3);
        ConsensusCore core = make.protocol().createCore(make.setups[3]);
        assertThatThrownBy(() -> core.handle(new Input.Start(new Restored(List.of(record), make.decided(a)))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("of height 3")
                .hasMessageContaining("ends at 1");
    }
}
