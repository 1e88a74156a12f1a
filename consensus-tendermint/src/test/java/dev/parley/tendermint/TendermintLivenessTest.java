package dev.parley.tendermint;

import static dev.parley.tendermint.TendermintMessage.NIL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.TimerId;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Schedules of three correct validators and a Byzantine fourth that would go on for ever if a rule were left out. One proposal is lost in
 * round 0; after that every message arrives at once. In each round the fourth shows its prevote for the block that two of the three
 * prevoted to one of these, which locks; and it precommits nil. If what that one saw does not reach the others in the same round, the
 * next proposer's block is another one, and the lock wanders from one validator to the next.
 */
class TendermintLivenessTest {
    private static final int CORRECT = 3;
    private static final int FOURTH = 3;
    private static final int ENOUGH_ROUNDS = 100;

    private record Slot(int validator, int round) {}

    private final Fixture make = new Fixture();
    private final OneCore[] cores = new OneCore[CORRECT];
    /** Messages and answers that arrive next, in the order in which they were sent. */
    private final Deque<Runnable> underWay = new ArrayDeque<>();

    private final Map<Slot, BlockId> prevotes = new HashMap<>();
    private int payloads;
    private int decisions;
    private int accusations;

    @BeforeEach
    void start() {
        Arrays.setAll(cores, i -> new OneCore(make, i));
        for (int i = 0; i < CORRECT; i++) {
            took(i, cores[i].restart());
            took(i, cores[i].wake());
        }
    }

    @Test
    void a_polka_that_one_validator_alone_saw_reaches_the_next_proposer_in_time() {
        playUntilDecided(this::showLate);
        assertThat(decisions).isPositive();
    }

    @Test
    void a_polka_that_rests_on_one_of_an_equivocator_s_two_votes_reaches_those_who_have_the_other() {
        playUntilDecided(this::showOneThingToOneAndNilToOthers);
        assertThat(decisions).isPositive();
        assertThat(accusations).isPositive();
    }

    /** The fourth's prevotes. */
    private interface Equivocation {
        /** @param chosen who is to lock, -1 for nobody */
        void prevote(int round, BlockId block, int chosen);
    }

    private void showLate(int round, BlockId block, int chosen) {
        gossip();
        if (chosen >= 0) {
            took(chosen, cores[chosen].receive(FOURTH, make.prevote(FOURTH, round, block)));
        }
    }

    private void showOneThingToOneAndNilToOthers(int round, BlockId block, int chosen) {
        for (int i = 0; i < CORRECT; i++) {
            took(i, cores[i].receive(FOURTH, make.prevote(FOURTH, round, i == chosen ? block : NIL)));
        }
        deliver();
        gossip();
    }

    private void playUntilDecided(Equivocation equivocation) {
        for (int round = 0; round < ENOUGH_ROUNDS && decisions == 0; round++) {
            deliver();
            for (int i = 0; i < CORRECT; i++) {
                if (!prevotes.containsKey(new Slot(i, round))) {
                    took(i, cores[i].fire(TendermintCore.PROPOSE_TIMER));
                }
            }
            deliver();
            if (!isAnyIn(round)) {
                continue;
            }
            int proposer = make.schedule.proposer(1, round).index();
            BlockId block = prevotes.getOrDefault(new Slot(proposer, round), NIL);
            equivocation.prevote(round, block, chosen(round, proposer, block));
            fire(TendermintCore.PREVOTE_TIMER);
            for (int i = 0; i < CORRECT; i++) {
                took(i, cores[i].receive(FOURTH, make.precommit(FOURTH, round, NIL)));
            }
            deliver();
            if (decisions == 0 && isAnyIn(round)) {
                gossip();
                fire(TendermintCore.PRECOMMIT_TIMER);
            }
        }
    }

    /** Where two of three prevoted the block: the one of them that did not propose it, but for the first rounds. */
    private int chosen(int round, int proposer, BlockId block) {
        List<Integer> inFavour = new ArrayList<>();
        for (int i = 0; i < CORRECT; i++) {
            if (!block.equals(NIL) && block.equals(prevotes.get(new Slot(i, round)))) {
                inFavour.add(i);
            }
        }
        if (inFavour.size() != 2) {
            return -1;
        }
        inFavour.remove(Integer.valueOf(proposer));
        return round <= 1 ? proposer : inFavour.getLast();
    }

    private boolean isAnyIn(int round) {
        return Arrays.stream(cores).anyMatch(core -> core.round() == round);
    }

    private void gossip() {
        for (int ticks = 0; ticks < 3; ticks++) {
            fire(Gossip.TIMER);
        }
    }

    private void fire(TimerId timer) {
        for (int i = 0; i < CORRECT; i++) {
            if (cores[i].runs(timer)) {
                took(i, cores[i].fire(timer));
            }
        }
        deliver();
    }

    private void deliver() {
        while (!underWay.isEmpty()) {
            underWay.removeFirst().run();
        }
    }

    private void took(int by, List<Effect> effects) {
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Broadcast(TendermintMessage message) -> broadcast(by, message);
                case Effect.Send(var to, TendermintMessage message) -> send(by, to.index(), message);
                case Effect.RequestPayload request -> {
                    Input answer = new Input.PayloadReady(request.ticket(), Fixture.payload(++payloads));
                    underWay.add(() -> took(by, cores[by].give(answer)));
                }
                case Effect.CheckPayload check -> underWay.add(() -> took(by, cores[by].check(check.block(), true)));
                case Effect.Decide decide -> decisions++;
                case Effect.Accuse accuse -> accusations++;
                default -> {}
            }
        }
    }

    private void broadcast(int by, TendermintMessage message) {
        if (message instanceof Vote vote && vote.kind() == VoteKind.PREVOTE) {
            prevotes.put(new Slot(by, vote.round()), vote.block());
        }
        for (int i = 0; i < CORRECT; i++) {
            boolean lost = i == 2 && message instanceof Proposal proposal && proposal.round() == 0;
            if (i != by && !lost) {
                send(by, i, message);
            }
        }
    }

    private void send(int by, int to, TendermintMessage message) {
        if (to != FOURTH) {
            underWay.add(() -> took(to, cores[to].receive(by, message)));
        }
    }
}
