package dev.parley.validator;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what an operator must know to the log: stalls, accusations and refusals as warnings, all else for debugging. */
final class LogObserver implements Observer {
    private static final Logger LOG = LoggerFactory.getLogger("dev.parley.validator");

    @Override
    public void observed(ValidatorId validator, Observation observation) {
        switch (observation) {
            case Observation.Stalled stalled -> LOG.warn("{} makes no progress: {}", validator, stalled.report());
            case Observation.Accused accused -> LOG.warn("{} accuses {}", validator, accused.evidence());
            case Observation.Convicted convicted ->
                LOG.warn("the log of {} convicts {} at height {}", validator, convicted.evidence(), convicted.height());
            case Observation.Refused refused ->
                LOG.info(
                        "{} refuses what {} sent: {} ({})",
                        validator,
                        refused.refusal().from(),
                        refused.refusal().reason(),
                        refused.refusal().detail());
            case Observation.CaughtUp caughtUp ->
                LOG.info("{} caught up from height {} to {}", validator, caughtUp.fromHeight(), caughtUp.toHeight());
            // The node says itself why it stops.
            case Observation.Stopped stopped -> {}
            default -> LOG.debug("{} {}", validator, observation);
        }
    }
}
