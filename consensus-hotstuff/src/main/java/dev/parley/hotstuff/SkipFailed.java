package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Rotation that passes over validators that recently failed as leaders, in the spirit of DiemBFT v4's leader reputation and of
 * Carousel (arXiv 2110.00960), but with the whole state in each header, so that no history need be kept.
 *
 * <p>Views that were skipped between a block and its parent blame somebody. The first of them was opened by the parent's QC. That QC
 * came to be known because its collector, the leader of the view, published it; that no QC followed is therefore put down to the one
 * who was to collect the votes of the view, the leader of the view after it. (Were the view's own leader blamed, a silent validator
 * would never be: it never gets to lead, and would take its innocent predecessors out one after the other.) A faulty leader that
 * shows its block to too few can have its successor blamed so, but it must publish the QC before, and with it what the QC commits.
 * Views that a TC opened blame their own leader.
 *
 * <p>A suspect is passed over for {@value #WINDOW} · n views, for twice as many when it fails again, and so on: a dead validator that
 * is tried every few views would cost a time-out each time. It is remembered for as long again; one failure is forgotten then. So a
 * faulty validator that leads well in between still costs at most one time-out in 2 · {@value #WINDOW} · n views. At most f
 * validators are suspects, the latest ones: more would let faulty validators rule out the correct ones.
 *
 * @param viewsPerLeader 1 or more
 */
public record SkipFailed(int viewsPerLeader) implements LeaderElection {
    /** In rotations: a first suspicion lasts for this many views per validator. */
    public static final int WINDOW = 100;

    /** Of a long row of failed views only the latest are looked at. */
    private static final int MAX_BLAMED_VIEWS = 1000;

    public SkipFailed {
        if (viewsPerLeader < 1) {
            throw new IllegalArgumentException("a leader keeps at least 1 view, not " + viewsPerLeader);
        }
    }

    @Override
    public ValidatorId afterCertificate(ValidatorSet validators, Header certified) {
        return rotation(validators, certified.view() + 1, certified.suspects());
    }

    /** History-free: those who must agree on it need not know the same blocks. */
    @Override
    public ValidatorId afterTimeout(ValidatorSet validators, long view) {
        return validators
                .validators()
                .get((int) ((view - 1) % validators.size()))
                .id();
    }

    @Override
    public List<Suspect> suspects(ValidatorSet validators, Header parent, long view) {
        if (parent.suspects().isEmpty() && view == parent.view() + 1) {
            return List.of();
        }
        int most = (validators.size() - 1) / 3;
        List<Suspect> latestFirst = new ArrayList<>(most);
        for (long failed = view - 1; failed > parent.view() && latestFirst.size() < most; failed--) {
            if (view - failed > MAX_BLAMED_VIEWS) {
                break;
            }
            ValidatorId culprit = blamed(validators, parent, failed);
            add(latestFirst, new Suspect(culprit, failed, failuresBefore(validators, parent, culprit, view) + 1));
        }
        for (int i = parent.suspects().size() - 1; i >= 0 && latestFirst.size() < most; i--) {
            Suspect suspect = parent.suspects().get(i);
            if (failuresRemembered(validators, suspect, view) > 0) {
                add(latestFirst, suspect);
            }
        }
        return latestFirst.reversed();
    }

    private static int failuresBefore(ValidatorSet validators, Header parent, ValidatorId culprit, long view) {
        for (Suspect suspect : parent.suspects()) {
            if (suspect.validator().equals(culprit)) {
                return Math.min(Suspect.MAX_FAILURES - 1, failuresRemembered(validators, suspect, view));
            }
        }
        return 0;
    }

    /** How many failures still count: all for twice the time that they rule the suspect out, then one less, and so on. */
    private static int failuresRemembered(ValidatorSet validators, Suspect suspect, long view) {
        int failures = suspect.failures();
        long since = view - suspect.view();
        while (failures > 0 && since > 2 * window(validators, failures)) {
            since -= 2 * window(validators, failures);
            failures--;
        }
        return failures;
    }

    private static long window(ValidatorSet validators, int failures) {
        return ((long) WINDOW * validators.size()) << (failures - 1);
    }

    private static boolean isRuledOut(ValidatorSet validators, Suspect suspect, long view) {
        return view - suspect.view() <= window(validators, suspect.failures());
    }

    private ValidatorId blamed(ValidatorSet validators, Header parent, long failedView) {
        return failedView == parent.view() + 1
                ? rotation(validators, failedView + 1, suspects(validators, parent, failedView))
                : afterTimeout(validators, failedView);
    }

    private static void add(List<Suspect> suspects, Suspect suspect) {
        for (Suspect known : suspects) {
            if (known.validator().equals(suspect.validator())) {
                return;
            }
        }
        suspects.add(suspect);
    }

    private ValidatorId rotation(ValidatorSet validators, long view, List<Suspect> suspects) {
        int size = validators.size();
        long turn = (view - 1) / viewsPerLeader;
        if (suspects.isEmpty()) {
            return validators.validators().get((int) (turn % size)).id();
        }
        int ruledOut = 0;
        for (Suspect suspect : suspects) {
            ruledOut += isRuledOut(validators, suspect, view) ? 1 : 0;
        }
        int place = (int) (turn % (size - ruledOut));
        for (int i = 0; i < size; i++) {
            ValidatorId candidate = validators.validators().get(i).id();
            if (!isRuledOut(validators, suspects, candidate, view) && place-- == 0) {
                return candidate;
            }
        }
        throw new IllegalStateException("more suspects than validators: " + suspects);
    }

    private static boolean isRuledOut(
            ValidatorSet validators, List<Suspect> suspects, ValidatorId validator, long view) {
        for (Suspect suspect : suspects) {
            if (suspect.validator().equals(validator)) {
                return isRuledOut(validators, suspect, view);
            }
        }
        return false;
    }
}
