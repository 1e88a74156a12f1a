package dev.parley.testkit.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.tendermint.Block;
import dev.parley.tendermint.Lock;
import dev.parley.tendermint.SafetyRecord;
import dev.parley.tendermint.TendermintMessage.BlockRequest;
import dev.parley.tendermint.TendermintMessage.BlockResponse;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import dev.parley.tendermint.TendermintRecord.BlockRecord;
import dev.parley.tendermint.Views;
import dev.parley.tendermint.VoteKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A real core that goes on from a {@link LocalState}: what it asks for, and the state that it would leave behind. */
final class CoreRun {
    private static final Set<String> TIMERS = Set.of("propose", "prevote", "precommit");

    /** What a core may wait for besides messages: each may come at any moment, or never. */
    record Answer(Input input, Need need) {}

    private final SmallWorld world;
    private final int validator;
    private final LocalState from;
    private final ConsensusCore core;
    /** By a name that tells two of them apart. */
    private final Map<String, Answer> awaited = new LinkedHashMap<>();

    private final Set<Integer> recordedBlocks = new TreeSet<>();
    private @Nullable SafetyRecord record;
    private int round;
    private long sent;
    private int decided;
    /** Whether anything happened since the run began that others, or the disk, can notice, or that the core now waits for. */
    private boolean acted;

    CoreRun(SmallWorld world, int validator, LocalState from) {
        this.world = world;
        this.validator = validator;
        this.from = from;
        this.core = world.newCore(validator);
        this.round = from.round();
        this.sent = from.sent();
        this.decided = from.decided();
        handle(new Input.Start(new Restored(records(), null)));
        // Work waits from the beginning: a timer that runs need not fire, but one that does not run can't.
        handle(new Input.WorkPending(true));
        acted = false;
    }

    void deliver(SmallWorld.Deliverable deliverable) {
        handle(new Input.Received(new ValidatorId(deliverable.sender()), deliverable.message()));
    }

    List<String> awaited() {
        return new ArrayList<>(awaited.keySet());
    }

    /** @return what correct validators must have said before the answer can come */
    Need answer(String name) {
        Answer answer = awaited.remove(name);
        if (answer == null) {
            throw new IllegalArgumentException("nothing waits for " + name);
        }
        handle(answer.input());
        return answer.need();
    }

    boolean hasActed() {
        return acted;
    }

    private void handle(Input input) {
        for (Effect effect : core.handle(input)) {
            if (decided != 0) {
                return;
            }
            apply(effect);
        }
    }

    private void apply(Effect effect) {
        switch (effect) {
            case Effect.Persist(var key, SafetyRecord safety) -> {
                record = safety;
                acted = true;
            }
            case Effect.Persist(var key, BlockRecord(Block block)) -> recordedBlocks.add(world.value(block.id()));
            case Effect.Broadcast(var message) -> {
                int bit = world.bit(message);
                if (bit >= 0) {
                    sent |= 1L << bit;
                    acted = true;
                }
            }
            case Effect.Send(ValidatorId to, BlockRequest request) -> {
                int value = world.value(request.block());
                await(
                        "block " + value,
                        new Input.Received(to, new BlockResponse(world.block(value))),
                        world.needOfBlock(value));
            }
            case Effect.StartTimer(TimerId timer, var delay) -> {
                if (TIMERS.contains(timer.name())) {
                    await(timer.name(), new Input.TimerFired(timer), Need.NOTHING);
                }
            }
            case Effect.CancelTimer(TimerId timer) -> awaited.remove(timer.name());
            case Effect.RequestPayload(long ticket, BlockId parent, boolean evenIfEmpty, var sample) -> {
                Block own = ownBlock();
                if (own != null) {
                    await("payload", new Input.PayloadReady(ticket, own.payload()), Need.NOTHING);
                }
            }
            case Effect.CheckPayload(BlockId block, var parent, var payload, var certified) ->
                await("check " + world.value(block), new Input.PayloadChecked(block, true), Need.NOTHING);
            case Effect.Decide(var block) -> {
                decided = world.value(block.id());
                acted = true;
            }
            case Effect.Observe(Observation.ViewEntered(long view, var leader, var cause)) -> {
                if (Views.round(view) != round) {
                    round = Views.round(view);
                    acted = true;
                }
            }
            default -> {}
        }
    }

    private void await(String name, Input answer, Need need) {
        awaited.put(name, new Answer(answer, need));
        acted = true;
    }

    private @Nullable Block ownBlock() {
        for (Block block : world.blocks) {
            if (block.header().round() == round && block.header().proposer().index() == validator) {
                return block;
            }
        }
        return null;
    }

    /** What a restart at this moment would find. */
    LocalState state() {
        if (decided != 0) {
            return LocalState.decided(sent, decided);
        }
        SafetyRecord safety = record;
        if (safety == null) {
            return round == from.round()
                    ? new LocalState(
                            round,
                            from.proposal(),
                            from.prevote(),
                            from.precommit(),
                            from.lockRound(),
                            from.lockValue(),
                            from.validRound(),
                            from.validValue(),
                            sent,
                            0)
                    : new LocalState(
                            round,
                            -1,
                            -1,
                            -1,
                            from.lockRound(),
                            from.lockValue(),
                            from.validRound(),
                            from.validValue(),
                            sent,
                            0);
        }
        boolean current = safety.round() == round;
        Proposal proposal = safety.proposal();
        return new LocalState(
                round,
                current && proposal != null ? world.bit(proposal) : -1,
                current ? value(safety.prevote()) : -1,
                current ? value(safety.precommit()) : -1,
                safety.lock().round(),
                world.value(safety.lock().block()),
                safety.valid().round(),
                world.value(safety.valid().block()),
                sent,
                0);
    }

    private int value(@Nullable Vote vote) {
        return vote == null ? -1 : world.value(vote.block());
    }

    /** The disk of a validator in the state from which this run begins. */
    private List<ConsensusRecord> records() {
        List<ConsensusRecord> records = new ArrayList<>();
        if (from.equals(LocalState.FIRST)) {
            return records;
        }
        Proposal proposed = null;
        for (SmallWorld.Deliverable each : world.proposals()) {
            if (each.sender() == validator && each.message() instanceof Proposal whole) {
                int bit = world.bit(whole);
                if ((from.sent() >>> bit & 1) != 0) {
                    recordedBlocks.add(world.value(whole.header().id()));
                }
                if (bit == from.proposal()) {
                    proposed = new Proposal(
                            whole.header(),
                            whole.round(),
                            whole.validRound(),
                            whole.proposer(),
                            whole.polka(),
                            null,
                            whole.signature());
                }
            }
        }
        List<Vote> earlier = new ArrayList<>();
        for (int earlierRound = 0; earlierRound < from.round(); earlierRound++) {
            for (VoteKind kind : VoteKind.values()) {
                for (int value = 0; value < world.valueCount(); value++) {
                    if ((from.sent() >>> world.voteBit(kind, earlierRound, value) & 1) != 0) {
                        earlier.add(world.vote(kind, earlierRound, value, validator));
                    }
                }
            }
        }
        recordedBlocks.add(from.lockValue());
        recordedBlocks.add(from.validValue());
        recordedBlocks.remove(SmallWorld.NIL);
        records.add(new SafetyRecord(
                1,
                from.round(),
                proposed,
                vote(VoteKind.PREVOTE, from.prevote()),
                vote(VoteKind.PRECOMMIT, from.precommit()),
                new Lock(from.lockRound(), world.id(from.lockValue())),
                new Lock(from.validRound(), world.id(from.validValue())),
                from.validRound() < 0 ? null : world.polka(from.validRound(), from.validValue(), List.of(0, 1, 2, 3)),
                earlier));
        recordedBlocks.forEach(value -> records.add(new BlockRecord(world.block(value))));
        return records;
    }

    private @Nullable Vote vote(VoteKind kind, int value) {
        return value < 0 ? null : world.vote(kind, from.round(), value, validator);
    }
}
