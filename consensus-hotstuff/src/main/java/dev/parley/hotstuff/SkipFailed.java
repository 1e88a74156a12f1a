package dev.parley.hotstuff;

import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rotation that passes over validators that recently failed as leaders, in the spirit of DiemBFT v4's leader reputation and of
 * Carousel (arXiv 2110.00960), but with the whole state in each header, so that no history need be kept.
 *
 * <p>A view without a QC may be its leader's fault, who did not propose, or its collector's (the leader of the next view), who kept the
 * votes: nobody can tell. So both get points, the leader {@value #LED}, the collector {@value #COLLECTED}. Whoever is at fault stands
 * beside a different innocent neighbour each time, once one of them is passed over, and soon has the most. Of those with the most
 * points at most f are passed over, for {@value #WINDOW} · n views and twice as long for every {@value #LED} points more: a dead
 * validator that is tried every few views would cost a time-out each time. After four times as long all is forgotten. So a
 * faulty validator can cost about one time-out in 4 · {@value #WINDOW} · n views, and never rule out more than f others.
 *
 * <p>Whom to pass over, the points of the latest trouble say: of views that failed within {@value #TROUBLE} rotations of each other. Else who
 * was dead long ago and is back would keep in its turn who is dead now, with all the points that it has from then. For how long, all points say.
 *
 * @param viewsPerLeader 1 or more
 */
public record SkipFailed(int viewsPerLeader) implements LeaderElection {
    /** In rotations: how long a first suspicion lasts. */
    public static final int WINDOW = 100;

    /** In rotations: failures so close to each other are of one trouble. */
    public static final int TROUBLE = 2;

    private static final int LED = 3;
    private static final int COLLECTED = 2;
    private static final int MAX_DOUBLINGS = 8;
    private static final int FORGOTTEN_AFTER = 4;
    /** Of a long row of failed views only the latest are looked at. */
    private static final int MAX_BLAMED_VIEWS = 64;

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

    /** In the order of the validators' indices. */
    @Override
    public List<Suspect> suspects(ValidatorSet validators, Header parent, long view) {
        if (parent.suspects().isEmpty() && view == parent.view() + 1) {
            return List.of();
        }
        @Nullable Suspect[] known = new @Nullable Suspect[validators.size()];
        for (Suspect suspect : parent.suspects()) {
            if (view - suspect.view() <= FORGOTTEN_AFTER * window(validators, suspect)) {
                known[suspect.validator().index()] = suspect;
            }
        }
        for (long failed = Math.max(parent.view() + 1, view - MAX_BLAMED_VIEWS); failed < view; failed++) {
            ValidatorId leader = failed == parent.view() + 1
                    ? afterCertificate(validators, parent)
                    : afterTimeout(validators, failed);
            ValidatorId collector = rotation(validators, failed + 1, parent.suspects());
            blame(validators, known, leader, failed, LED);
            if (!collector.equals(leader)) {
                blame(validators, known, collector, failed, COLLECTED);
            }
        }
        List<Suspect> suspects = new ArrayList<>();
        for (Suspect suspect : known) {
            if (suspect != null) {
                suspects.add(suspect);
            }
        }
        return suspects;
    }

    private static void blame(
            ValidatorSet validators, @Nullable Suspect[] known, ValidatorId culprit, long view, int points) {
        Suspect before = known[culprit.index()];
        int sum = before == null ? points : before.points() + points;
        int lately = before == null || view - before.view() > apart(validators) ? points : before.lately() + points;
        known[culprit.index()] =
                new Suspect(culprit, view, Math.min(Suspect.MAX_POINTS, sum), Math.min(Suspect.MAX_POINTS, lately));
    }

    /** Views that failed so close to each other are of one trouble. */
    private static long apart(ValidatorSet validators) {
        return (long) TROUBLE * validators.size();
    }

    private static long window(ValidatorSet validators, Suspect suspect) {
        int doublings = Math.min(MAX_DOUBLINGS, (suspect.points() - 1) / LED);
        return ((long) WINDOW * validators.size()) << doublings;
    }

    private ValidatorId rotation(ValidatorSet validators, long view, List<Suspect> suspects) {
        int size = validators.size();
        long turn = (view - 1) / viewsPerLeader;
        List<ValidatorId> ruledOut = suspects.isEmpty() ? List.of() : ruledOut(validators, view, suspects);
        int place = (int) (turn % (size - ruledOut.size()));
        if (ruledOut.isEmpty()) {
            return validators.validators().get(place).id();
        }
        for (int i = 0; i < size; i++) {
            ValidatorId candidate = validators.validators().get(i).id();
            if (!ruledOut.contains(candidate) && place-- == 0) {
                return candidate;
            }
        }
        throw new IllegalStateException("more suspects than validators: " + suspects);
    }

    /** At most f: those of the latest trouble, within a trouble those with the most points from it, of equals the latest. */
    private static List<ValidatorId> ruledOut(ValidatorSet validators, long view, List<Suspect> suspects) {
        List<Suspect> present = new ArrayList<>(suspects);
        present.removeIf(suspect -> view - suspect.view() > window(validators, suspect));
        present.sort(Comparator.comparingLong(Suspect::view).reversed());
        int begin = 0;
        for (int i = 1; i <= present.size(); i++) {
            if (i == present.size()
                    || present.get(i - 1).view() - present.get(i).view() > apart(validators)) {
                present.subList(begin, i)
                        .sort(Comparator.comparingInt(Suspect::lately)
                                .thenComparingLong(Suspect::view)
                                .reversed()
                                .thenComparing(Suspect::validator));
                begin = i;
            }
        }
        int most = (validators.size() - 1) / 3;
        List<ValidatorId> out = new ArrayList<>(most);
        for (int i = 0; i < Math.min(most, present.size()); i++) {
            out.add(present.get(i).validator());
        }
        return out;
    }
}
