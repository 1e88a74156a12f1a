package dev.parley.validator;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;

/** Hears what validators tell of themselves. Called from validators' threads: must be thread-safe and quick, and must not throw. */
@FunctionalInterface
public interface Observer {
    void observed(ValidatorId validator, Observation observation);

    /** Both, one after the other. */
    default Observer and(Observer other) {
        return (validator, observation) -> {
            observed(validator, observation);
            other.observed(validator, observation);
        };
    }
}
