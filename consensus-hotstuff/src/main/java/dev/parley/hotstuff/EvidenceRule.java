package dev.parley.hotstuff;

import dev.parley.consensus.Evidence;
import dev.parley.consensus.ValidatorId;

/** Whom a contradiction accuses. */
@FunctionalInterface
public interface EvidenceRule {
    /** The one who signed both. */
    EvidenceRule SIGNER = (evidence, from) -> evidence;

    /** @param from the peer that sent the second statement */
    Evidence accuse(Evidence evidence, ValidatorId from);
}
