package dev.parley.consensus;

import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.observe.Observation;
import java.util.ArrayList;
import java.util.List;

/** Where the parts of a {@link ConsensusCore} put the effects of one step, in their order. Not thread-safe. */
public final class Outbox {
    private List<Effect> effects = new ArrayList<>(8);

    public void add(Effect effect) {
        effects.add(effect);
    }

    public void observe(Observation observation) {
        effects.add(new Effect.Observe(observation));
    }

    /** A message is dropped: says so to whoever counts. */
    public void refuse(ValidatorId from, Reason reason, String detail) {
        observe(new Observation.Refused(new Refusal(from, reason, detail)));
    }

    /** The effects so far; the next step begins with none. */
    public List<Effect> drain() {
        if (effects.isEmpty()) {
            return List.of();
        }
        List<Effect> drained = effects;
        effects = new ArrayList<>(8);
        return drained;
    }
}
