package dev.parley.hotstuff;

import org.jspecify.annotations.Nullable;

/**
 * Whether a validator may vote in a view at all. Jolteon Fig. 2, "safe to vote": r > r_vote, and never after a time-out of r
 * (DiemBFT v4, {@code safety.increase_highest_vote_round}); PODC 2019, Algorithm 4, onReceiveProposal, "vheight".
 */
@FunctionalInterface
public interface ViewGuard {
    ViewGuard ONCE_PER_VIEW = (view, safety) -> {
        if (view <= safety.lastVotedView()) {
            return "voted in view " + safety.lastVotedView() + " already";
        }
        return view <= safety.lastTimeoutView() ? "gave up view " + safety.lastTimeoutView() : null;
    };

    /** @return null if it may, else why not */
    @Nullable String refuse(long view, SafetyRecord safety);
}
