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
 * <p>At most f validators are suspects, the latest ones; a suspicion expires after {@value #WINDOW} · n views. All else would let
 * faulty validators rule out the correct ones.
 *
 * @param viewsPerLeader 1 or more
 */
public record SkipFailed(int viewsPerLeader) implements LeaderElection {
    /** In rotations: a suspicion lasts for this many views per validator. */
    public static final int WINDOW = 10;

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
        long oldest = view - (long) WINDOW * validators.size();
        List<Suspect> latestFirst = new ArrayList<>(most);
        for (long failed = view - 1;
                failed > parent.view() && failed >= oldest && latestFirst.size() < most;
                failed--) {
            add(latestFirst, new Suspect(blamed(validators, parent, failed), failed));
        }
        for (int i = parent.suspects().size() - 1; i >= 0 && latestFirst.size() < most; i--) {
            if (parent.suspects().get(i).view() >= oldest) {
                add(latestFirst, parent.suspects().get(i));
            }
        }
        return latestFirst.reversed();
    }

    private ValidatorId blamed(ValidatorSet validators, Header parent, long failedView) {
        return failedView == parent.view() + 1
                ? rotation(validators, failedView + 1, suspects(validators, parent, failedView))
                : afterTimeout(validators, failedView);
    }

    private static void add(List<Suspect> suspects, Suspect suspect) {
        if (!contains(suspects, suspect.validator())) {
            suspects.add(suspect);
        }
    }

    private ValidatorId rotation(ValidatorSet validators, long view, List<Suspect> suspects) {
        int size = validators.size();
        long turn = (view - 1) / viewsPerLeader;
        if (suspects.isEmpty()) {
            return validators.validators().get((int) (turn % size)).id();
        }
        int place = (int) (turn % (size - suspects.size()));
        for (int i = 0; i < size; i++) {
            ValidatorId candidate = validators.validators().get(i).id();
            if (!contains(suspects, candidate) && place-- == 0) {
                return candidate;
            }
        }
        throw new IllegalStateException("more suspects than validators: " + suspects);
    }

    private static boolean contains(List<Suspect> suspects, ValidatorId validator) {
        for (int i = 0; i < suspects.size(); i++) {
            if (suspects.get(i).validator().equals(validator)) {
                return true;
            }
        }
        return false;
    }
}
