package dev.parley.consensus;

import java.util.List;
import java.util.Optional;

/**
 * What one core can say of itself.
 *
 * @param view the current view, round or epoch, as in {@link DecidedBlock#view}
 * @param viewName what people call it
 * @param height the last decided height
 * @param leader who is to propose now, where the protocol has a leader
 * @param waitingFor what must arrive before anything moves, in words, such as {@code a quorum of votes for view 7}
 * @param have the power that has voted for it
 * @param need the power that is needed
 * @param voted those who have voted
 * @param missing those who have not
 * @param timer which timer runs and for how long it was set, or {@code none}
 * @param lockedOn what this validator is locked on, or {@code nothing}
 * @param details more, one line each
 */
public record CoreReport(
        long view,
        String viewName,
        long height,
        Optional<ValidatorId> leader,
        String waitingFor,
        long have,
        long need,
        List<ValidatorId> voted,
        List<ValidatorId> missing,
        String timer,
        String lockedOn,
        List<String> details) {
    @Override
    public String toString() {
        return viewName + ", decided height " + height
                + leader.map(l -> ", leader " + l).orElse("") + "; waits for " + waitingFor + " (" + have + " of "
                + need
                + ": voted " + voted + ", missing " + missing + "); timer " + timer + "; locked on " + lockedOn
                + (details.isEmpty() ? "" : "; " + String.join("; ", details));
    }
}
