package dev.parley.tendermint;

/** Algorithm 1's step: what a validator has not yet done in its round. */
public enum Step {
    PROPOSE,
    PREVOTE,
    PRECOMMIT
}
