package dev.parley.hotstuff;

import org.jspecify.annotations.Nullable;

/** Whether voting for a block is safe with what was seen; {@link ViewGuard} was asked before. A question: changes no state. */
@FunctionalInterface
public interface VotingRule {
    /**
     * @param entry the TC that came with the proposal, verified
     * @return null if it is safe, else why not
     */
    @Nullable String refuse(SafetyRecord safety, Block block, @Nullable TC entry, Chain chain);
}
