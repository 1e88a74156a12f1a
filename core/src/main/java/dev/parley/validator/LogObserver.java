package dev.parley.validator;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.logging.LogContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes what an operator must know to the log: stalls, accusations and refusals as warnings, all else for debugging. */
final class LogObserver implements Observer {
    private static final Logger LOG = LoggerFactory.getLogger("dev.parley.validator");

    private final LogContext context;

    /** @param context is told where the validator is */
    LogObserver(LogContext context) {
        this.context = context;
    }

    @Override
    public void observed(ValidatorId validator, Observation observation) {
        switch (observation) {
            case Observation.ViewEntered entered -> context.entered(entered.view());
            case Observation.Decided decided -> context.decided(decided.height());
            case Observation.CaughtUp caughtUp -> context.decided(caughtUp.toHeight());
            default -> {}
        }
        if (LOG.isEnabledForLevel(level(observation))) {
            context.around(() -> log(validator, observation));
        }
    }

    private static Level level(Observation observation) {
        return switch (observation) {
            case Observation.Stalled stalled -> Level.WARN;
            case Observation.Accused accused -> Level.WARN;
            case Observation.Convicted convicted -> Level.WARN;
            case Observation.Refused refused -> Level.INFO;
            case Observation.CaughtUp caughtUp -> Level.INFO;
            default -> Level.DEBUG;
        };
    }

    private static void log(ValidatorId validator, Observation observation) {
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
            case Observation.FetchingSnapshot fetching ->
                LOG.info(
                        "peers of {} have pruned what it needs: it fetches their snapshot of height {}, {} bytes",
                        validator,
                        fetching.height(),
                        fetching.bytes());
            case Observation.SnapshotInstalled installed ->
                LOG.info("{} goes on from its peers' snapshot of height {}", validator, installed.height());
            case Observation.SnapshotUnusable unusable ->
                LOG.warn(
                        "{} cannot go on from its peers' snapshot of height {}: {}",
                        validator,
                        unusable.height(),
                        unusable.why());
            case Observation.Recovering recovering ->
                LOG.warn(
                        "{} finds an empty disk: it may have signed what it does not know of, so it only follows the log until {}",
                        validator,
                        recovering.until());
            case Observation.Recovered recovered ->
                LOG.warn("{} takes part again, from height {} on", validator, recovered.height() + 1);
            // The node says itself why it stops.
            case Observation.Stopped stopped -> {}
            default -> LOG.debug("{} {}", validator, observation);
        }
    }
}
