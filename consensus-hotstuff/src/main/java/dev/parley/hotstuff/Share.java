package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;

/** One validator's signature in a {@link QC}. */
public record Share(ValidatorId signer, Signature signature) {}
