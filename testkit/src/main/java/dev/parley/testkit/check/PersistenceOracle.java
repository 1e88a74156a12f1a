package dev.parley.testkit.check;

import dev.parley.consensus.Effect;
import dev.parley.consensus.Input;
import dev.parley.consensus.Restored;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Persist before send: what a core sends leaves when all records that it persisted before, in that step or an earlier one, are durable, not
 * sooner. The simulator tells how many records are durable and when a consensus message leaves.
 */
public final class PersistenceOracle implements Oracle {
    private final long[] persisted;
    private final List<ArrayDeque<Long>> required;

    public PersistenceOracle(Trial trial) {
        this.persisted = new long[trial.validators()];
        this.required = new java.util.ArrayList<>();
        for (int i = 0; i < trial.validators(); i++) {
            required.add(new ArrayDeque<>());
        }
    }

    @Override
    public void stepped(int validator, Input input, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist) {
                persisted[validator]++;
            } else if (effect instanceof Effect.Send || effect instanceof Effect.Broadcast) {
                required.get(validator).add(persisted[validator]);
            }
        }
    }

    @Override
    public void leaves(int validator, long durable) {
        Long needed = required.get(validator).poll();
        if (needed == null || needed > durable) {
            throw new Violation(
                    "persist before send",
                    "a message left v" + validator + " when " + durable + " records were durable and " + needed
                            + " were needed");
        }
    }

    @Override
    public void restarted(int validator, Restored restored) {
        persisted[validator] = 0;
        required.get(validator).clear();
    }
}
