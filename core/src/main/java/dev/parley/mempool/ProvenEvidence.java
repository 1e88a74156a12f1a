package dev.parley.mempool;

import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Whether evidence convicts, with the first proof against each validator remembered: a piece that comes from several peers and then in a
 * proposal has its signatures checked once. Holds one piece for each validator. Thread-safe.
 */
public final class ProvenEvidence implements Predicate<Evidence> {
    private final Predicate<Evidence> convicts;
    private final ConcurrentHashMap<ValidatorId, Evidence> proven = new ConcurrentHashMap<>();

    /** @param convicts thread-safe; false for evidence against validators that there are not */
    public ProvenEvidence(Predicate<Evidence> convicts) {
        this.convicts = convicts;
    }

    @Override
    public boolean test(Evidence evidence) {
        if (evidence.equals(proven.get(evidence.culprit()))) {
            return true;
        }
        boolean holds = convicts.test(evidence);
        if (holds) {
            proven.putIfAbsent(evidence.culprit(), evidence);
        }
        return holds;
    }
}
