package dev.parley.app;

import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import java.util.List;
import java.util.Optional;

/**
 * What this validator executed is not what others did. It must stop and keep its data.
 *
 * @param height where it showed; the heights below agreed as far as they were certified
 * @param own this validator's root
 * @param certified what a weak quorum signed instead, or empty if all have voted and no root has so much power
 * @param others who signed {@code certified}, or all who signed another root than this validator's
 */
public record Divergence(long height, Digest own, Optional<Digest> certified, List<ValidatorId> others) {
    public Divergence {
        others = List.copyOf(others);
    }

    @Override
    public String toString() {
        return certified
                .map(root -> "at height " + height + " executing gave root " + own.abbreviated() + " here, but "
                        + others + " signed " + root.abbreviated())
                .orElseGet(
                        () -> "at height " + height + " executing gave root " + own.abbreviated()
                                + " here, others elsewhere, and no root has a weak quorum: the state machine is not deterministic");
    }
}
