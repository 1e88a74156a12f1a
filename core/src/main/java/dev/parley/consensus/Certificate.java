package dev.parley.consensus;

import java.util.Set;

/** What proves to anybody who knows the validator set that a block is decided. Immutable; each protocol has its own. */
public interface Certificate {
    /** Those who signed, in the order of their indices. */
    Set<ValidatorId> signers();
}
