package dev.parley.consensus;

import dev.parley.crypto.PublicKey;

/**
 * One member of a validator set.
 *
 * @param power its voting power, 1 or more
 */
public record Validator(ValidatorId id, PublicKey key, long power) {}
