package dev.parley.tendermint;

import static dev.parley.tendermint.Fixture.v;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.MessageVerifier;
import dev.parley.consensus.RecordKey;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.Restored;
import dev.parley.consensus.TimerId;
import dev.parley.consensus.observe.Observation;
import dev.parley.tendermint.TendermintMessage.Proposal;
import dev.parley.tendermint.TendermintMessage.Vote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One core with its disk, driven input by input: what its verifier refuses is no input. */
final class OneCore {
    private final Fixture make;
    private final int index;
    private final MessageVerifier verifier;
    private final LinkedHashMap<RecordKey, ConsensusRecord> disk = new LinkedHashMap<>();
    private final Map<TimerId, Effect.StartTimer> timers = new LinkedHashMap<>();
    private ConsensusCore core;
    private @Nullable DecidedBlock lastDecided;

    OneCore(Fixture make, int index) {
        this.make = make;
        this.index = index;
        this.verifier = make.protocol().createVerifier(make.setups[index]);
        this.core = make.protocol().createCore(make.setups[index]);
        give(new Input.Start(Restored.NOTHING));
    }

    /** Another core takes its place, with what was persisted. @return what it does at its start */
    List<Effect> restart() {
        core = make.protocol().createCore(make.setups[index]);
        timers.clear();
        return give(new Input.Start(new Restored(new ArrayList<>(disk.values()), lastDecided)));
    }

    /** Everything, in any order, that was not meant for it. */
    List<Effect> give(Input input) {
        List<Effect> effects = core.handle(input);
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Persist(var key, var record) -> disk.put(key, record);
                case Effect.Forget(var key) -> disk.remove(key);
                case Effect.Decide(var block) -> lastDecided = block;
                case Effect.StartTimer start -> timers.put(start.timer(), start);
                case Effect.CancelTimer(var timer) -> timers.remove(timer);
                default -> {}
            }
        }
        return effects;
    }

    /** What its verifier admits. */
    List<Effect> receive(int from, TendermintMessage message) {
        Refusal refusal = verifier.verify(v(from), message);
        if (refusal != null) {
            throw new AssertionError("never gets to the core: " + refusal);
        }
        return give(new Input.Received(v(from), message));
    }

    /** A proposal from who made it, with its check passed if it is asked for. */
    List<Effect> propose(Proposal proposal) {
        List<Effect> effects = new ArrayList<>(receive(proposal.proposer().index(), proposal));
        effects.addAll(check(proposal.block(), true));
        return effects;
    }

    List<Effect> check(BlockId block, boolean accepted) {
        return give(new Input.PayloadChecked(block, accepted));
    }

    List<Effect> prevotes(int round, BlockId block, int... voters) {
        return votes(VoteKind.PREVOTE, round, block, voters);
    }

    List<Effect> precommits(int round, BlockId block, int... voters) {
        return votes(VoteKind.PRECOMMIT, round, block, voters);
    }

    private List<Effect> votes(VoteKind kind, int round, BlockId block, int... voters) {
        List<Effect> effects = new ArrayList<>();
        for (int voter : voters) {
            effects.addAll(receive(voter, make.vote(kind, voter, height() + 1, round, block)));
        }
        return effects;
    }

    /** The round is over with nothing decided: a quorum, the others, precommits nil, and the time for more is over. */
    List<Effect> fail(int round) {
        List<Effect> effects = new ArrayList<>();
        for (int voter = 0; voter < make.setups.length; voter++) {
            if (voter != index) {
                effects.addAll(precommits(round, TendermintMessage.NIL, voter));
            }
        }
        effects.addAll(fire(TendermintCore.PRECOMMIT_TIMER));
        return effects;
    }

    List<Effect> wake() {
        return give(new Input.WorkPending(true));
    }

    boolean runs(TimerId timer) {
        return timers.containsKey(timer);
    }

    /** As the shell does it: a timer that does not run is not delivered. */
    List<Effect> fire(TimerId timer) {
        if (timers.remove(timer) == null) {
            throw new AssertionError("timer " + timer + " does not run");
        }
        return give(new Input.TimerFired(timer));
    }

    CoreReport report() {
        return core.report();
    }

    long round() {
        return Views.round(core.report().view());
    }

    /** The last decided one. */
    long height() {
        return core.report().height();
    }

    String lock() {
        return core.report().lockedOn();
    }

    // What is in the effects

    static <T extends TendermintMessage> List<T> messages(List<Effect> effects, Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Effect effect : effects) {
            ConsensusMessage message = messageOf(effect);
            if (type.isInstance(message)) {
                found.add(type.cast(message));
            }
        }
        return found;
    }

    static @Nullable ConsensusMessage messageOf(Effect effect) {
        return switch (effect) {
            case Effect.Send(var to, var message) -> message;
            case Effect.Broadcast(var message) -> message;
            default -> null;
        };
    }

    /** What was prevoted for, in order. */
    static List<BlockId> prevoted(List<Effect> effects) {
        return votedFor(effects, VoteKind.PREVOTE);
    }

    /** What was precommitted for, in order. */
    static List<BlockId> precommitted(List<Effect> effects) {
        return votedFor(effects, VoteKind.PRECOMMIT);
    }

    private static List<BlockId> votedFor(List<Effect> effects, VoteKind kind) {
        return messages(effects, Vote.class).stream()
                .filter(vote -> vote.kind() == kind)
                .map(Vote::block)
                .toList();
    }

    static List<BlockId> decided(List<Effect> effects) {
        List<BlockId> ids = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Decide(var block)) {
                ids.add(block.id());
            }
        }
        return ids;
    }

    /** The milliseconds for which a timer was started, each time. */
    static List<Long> started(List<Effect> effects, TimerId timer) {
        List<Long> millis = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.StartTimer(var started, var delay) && started.equals(timer)) {
                millis.add(delay.toMillis());
            }
        }
        return millis;
    }

    static List<Reason> refusals(List<Effect> effects) {
        List<Reason> reasons = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Observe(Observation.Refused refused)) {
                reasons.add(refused.refusal().reason());
            }
        }
        return reasons;
    }
}
