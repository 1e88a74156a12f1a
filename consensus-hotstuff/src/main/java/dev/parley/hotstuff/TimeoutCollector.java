package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.hotstuff.HotStuffMessage.Timeout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the time-outs of the current view into a TC: one of each validator. */
final class TimeoutCollector {
    private final ValidatorSet validators;
    private final QuorumRule quorums;
    private final List<Timeout> timeouts = new ArrayList<>();
    private long power;
    private boolean complete;

    TimeoutCollector(ValidatorSet validators, QuorumRule quorums) {
        this.validators = validators;
        this.quorums = quorums;
    }

    void clear() {
        timeouts.clear();
        power = 0;
        complete = false;
    }

    /** The time-out of the current view that the validator sent before, or null. */
    @Nullable Timeout earlier(ValidatorId voter) {
        for (int i = 0; i < timeouts.size(); i++) {
            if (timeouts.get(i).voter().equals(voter)) {
                return timeouts.get(i);
            }
        }
        return null;
    }

    void add(Timeout timeout) {
        timeouts.add(timeout);
        power += validators.power(timeout.voter());
    }

    long power() {
        return power;
    }

    List<ValidatorId> voters() {
        return timeouts.stream().map(Timeout::voter).sorted().toList();
    }

    /** @return the TC, once, when there are enough; else null */
    @Nullable TC certificate(long view) {
        if (complete || power < quorums.timeoutsNeeded(validators)) {
            return null;
        }
        complete = true;
        timeouts.sort(Comparator.comparing(Timeout::voter));
        List<TC.Report> reports = new ArrayList<>(timeouts.size());
        QC highest = timeouts.getFirst().highQc();
        for (Timeout timeout : timeouts) {
            reports.add(new TC.Report(timeout.voter(), timeout.highQc().view(), timeout.signature()));
            if (timeout.highQc().view() > highest.view()) {
                highest = timeout.highQc();
            }
        }
        return new TC(view, reports, highest);
    }
}
