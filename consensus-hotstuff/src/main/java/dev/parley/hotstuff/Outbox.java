package dev.parley.hotstuff;

import dev.parley.consensus.Effect;
import dev.parley.consensus.Refusal;
import dev.parley.consensus.Refusal.Reason;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import java.util.ArrayList;
import java.util.List;

/** Gathers the effects of one step, in their order. */
final class Outbox {
    private List<Effect> effects = new ArrayList<>(8);

    void add(Effect effect) {
        effects.add(effect);
    }

    void observe(Observation observation) {
        effects.add(new Effect.Observe(observation));
    }

    void refuse(ValidatorId from, Reason reason, String detail) {
        observe(new Observation.Refused(new Refusal(from, reason, detail)));
    }

    /** The effects so far; the next step begins with none. */
    List<Effect> drain() {
        if (effects.isEmpty()) {
            return List.of();
        }
        List<Effect> drained = effects;
        effects = new ArrayList<>(8);
        return drained;
    }
}
