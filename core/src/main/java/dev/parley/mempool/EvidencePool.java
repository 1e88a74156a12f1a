package dev.parley.mempool;

import dev.parley.app.Convictions;
import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;
import dev.parley.log.CommandBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Evidence that waits for a block: that which convicts, against validators that are not convicted yet, the first piece for each. So it
 * holds no more pieces than there are validators, whatever peers bring. Not thread-safe.
 */
final class EvidencePool {
    private record Waiting(Evidence evidence, boolean local) {}

    private final Predicate<Evidence> convicts;
    private final TreeMap<ValidatorId, Waiting> waiting = new TreeMap<>();
    private Convictions convictions = new Convictions();

    EvidencePool(Predicate<Evidence> convicts) {
        this.convicts = convicts;
    }

    /** @return whether it waits here now and did not before */
    boolean admit(Evidence evidence, boolean local) {
        if (convictions.contains(evidence.culprit())
                || waiting.containsKey(evidence.culprit())
                || !convicts.test(evidence)) {
            return false;
        }
        waiting.put(evidence.culprit(), new Waiting(evidence, local));
        return true;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** What a child of {@code parent} may hold. */
    List<Evidence> fitting(UndecidedBlock parent) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        Set<ValidatorId> held = culprits(parent);
        return waiting.values().stream()
                .map(Waiting::evidence)
                .filter(evidence -> !held.contains(evidence.culprit()))
                .limit(CommandBatch.MAX_EVIDENCE)
                .toList();
    }

    /** @return null if a child of {@code parent} may hold all of it, else why not */
    @Nullable String refuse(List<Evidence> evidence, UndecidedBlock parent) {
        if (evidence.isEmpty()) {
            return null;
        }
        Set<ValidatorId> held = culprits(parent);
        for (Evidence piece : evidence) {
            if (convictions.contains(piece.culprit())) {
                return piece.culprit() + " is convicted already";
            }
            if (!held.add(piece.culprit())) {
                return "it or an ancestor holds other evidence against " + piece.culprit();
            }
            if (!convicts.test(piece)) {
                return "the evidence against " + piece.culprit() + " proves nothing";
            }
        }
        return null;
    }

    void decided(List<Evidence> evidence, long height) {
        for (Evidence piece : evidence) {
            convictions.record(piece.culprit(), height);
            waiting.remove(piece.culprit());
        }
    }

    void restore(Convictions table) {
        convictions = table;
        waiting.keySet().removeIf(table::contains);
    }

    /** What this validator found itself and no decided block holds. */
    List<Evidence> local(int max) {
        List<Evidence> local = new ArrayList<>();
        for (Waiting each : waiting.values()) {
            if (each.local() && local.size() < max) {
                local.add(each.evidence());
            }
        }
        return local;
    }

    private static Set<ValidatorId> culprits(UndecidedBlock head) {
        Set<ValidatorId> culprits = new HashSet<>();
        for (UndecidedBlock block = head; block != null; block = block.parent) {
            block.evidence.forEach(evidence -> culprits.add(evidence.culprit()));
        }
        return culprits;
    }
}
