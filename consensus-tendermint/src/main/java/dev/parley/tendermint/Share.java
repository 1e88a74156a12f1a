package dev.parley.tendermint;

import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;

/** One validator's signature in a {@link VoteCertificate}. */
public record Share(ValidatorId signer, Signature signature) {}
