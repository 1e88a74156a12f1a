package dev.parley.validator;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.observe.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** In the place of a protocol's core while the validator may not sign anything: follows the log that the others decide, and says nothing. */
final class FollowingCore implements ConsensusCore {
    private final Supplier<String> waitingFor;
    private long height;
    private BlockId tip = BlockId.GENESIS;

    /** @param waitingFor until when, in words */
    FollowingCore(Supplier<String> waitingFor) {
        this.waitingFor = waitingFor;
    }

    @Override
    public List<Effect> handle(Input input) {
        if (input instanceof Input.Start(var restored)) {
            DecidedBlock last = restored.lastDecided();
            if (!restored.records().isEmpty()) {
                throw new IllegalStateException("a validator that has said something is to go on with it");
            }
            if (last != null) {
                height = last.height();
                tip = last.id();
            }
        }
        return input instanceof Input.CaughtUp(var blocks) ? follow(blocks) : List.of();
    }

    private List<Effect> follow(List<DecidedBlock> blocks) {
        List<Effect> effects = new ArrayList<>();
        long before = height;
        for (DecidedBlock block : blocks) {
            if (block.height() == height + 1 && block.parent().equals(tip)) {
                height = block.height();
                tip = block.id();
                effects.add(new Effect.Decide(block));
            }
        }
        if (height > before) {
            effects.add(new Effect.Observe(new Observation.CaughtUp(before + 1, height)));
        }
        return effects;
    }

    @Override
    public CoreReport report() {
        return new CoreReport(
                0,
                "recovering",
                height,
                Optional.empty(),
                waitingFor.get(),
                0,
                0,
                List.of(),
                List.of(),
                "none",
                "nothing",
                List.of("it signs nothing of consensus until then, and counts among the faulty"));
    }
}
