package dev.parley.testkit.check;

import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.CommandBatch;
import java.util.HashSet;
import java.util.Set;

/** No correct validator is ever accused, what is brought against a faulty one convicts it, and the log convicts each culprit once. */
public final class AccusationOracle implements Oracle {
    private final Trial trial;
    private final Set<ValidatorId> convicted = new HashSet<>();
    private long decidedUpTo;

    public AccusationOracle(Trial trial) {
        this.trial = trial;
    }

    @Override
    public void accused(int validator, Evidence evidence) {
        require(evidence, "v" + validator + " accuses");
    }

    @Override
    public void decided(int validator, DecidedBlock block) {
        if (block.height() <= decidedUpTo) {
            return;
        }
        decidedUpTo = block.height();
        for (Evidence evidence : ((CommandBatch) block.payload()).evidence()) {
            require(evidence, "height " + block.height() + " accuses");
            if (!convicted.add(evidence.culprit())) {
                throw new Violation(
                        "each culprit convicted once",
                        "height " + block.height() + " convicts " + evidence.culprit() + " again");
            }
        }
    }

    private void require(Evidence evidence, String who) {
        if (!trial.isFaulty(evidence.culprit().index())) {
            throw new Violation("no correct validator accused", who + " " + evidence);
        }
        if (!trial.protocol().convicts(trial.setup(), evidence)) {
            throw new Violation("evidence convicts", who + " with what proves nothing: " + evidence);
        }
    }
}
