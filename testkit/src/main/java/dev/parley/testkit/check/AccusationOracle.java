package dev.parley.testkit.check;

import dev.parley.consensus.Evidence;

/** No correct validator is ever accused, and what is brought against a faulty one convicts it. */
public final class AccusationOracle implements Oracle {
    private final Trial trial;

    public AccusationOracle(Trial trial) {
        this.trial = trial;
    }

    @Override
    public void accused(int validator, Evidence evidence) {
        if (!trial.isFaulty(evidence.culprit().index())) {
            throw new Violation("no correct validator accused", "v" + validator + " accuses " + evidence);
        }
        if (!trial.protocol().convicts(trial.setup(), evidence)) {
            throw new Violation("evidence convicts", "v" + validator + " brings what proves nothing: " + evidence);
        }
    }
}
