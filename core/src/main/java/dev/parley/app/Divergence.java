package dev.parley.app;

import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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

    /**
     * The first command on which this validator and the others differ, for the message with which it stops.
     *
     * @param own the block that this validator executed at {@link #height}
     * @param theirs a peer's items, whose root the caller has held against the certified one
     * @return empty if all results are equal: then the state differed without showing, or a height below did
     */
    public static Optional<Command> firstDifference(ExecutedBlock own, ResultItems theirs) {
        OptionalInt index = own.items().firstDifference(theirs);
        return index.isPresent() && index.getAsInt() < own.commands().size()
                ? Optional.of(own.commands().get(index.getAsInt()))
                : Optional.empty();
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
