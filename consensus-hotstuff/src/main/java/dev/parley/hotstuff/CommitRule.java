package dev.parley.hotstuff;

import java.util.List;

/** When a block, and with it all of its ancestors, is decided. A question: changes no state. */
public interface CommitRule {
    /** Jolteon Fig. 2, Commit: two certified blocks of adjacent rounds, one the parent of the other. */
    CommitRule TWO_CHAIN = new Consecutive(2);
    /** PODC 2019, Algorithm 4, onCommit: three certified blocks, direct parents, of consecutive views. */
    CommitRule THREE_CHAIN = new Consecutive(3);

    /** How many certified blocks in a row it looks at. */
    int length();

    /**
     * @param chain {@link #length} certified blocks, each the parent of the next, the one that may be decided first
     */
    boolean commits(List<Header> chain);

    /** Certified blocks in consecutive views. Without "consecutive" a hidden QC in between could undo it (hazard 6). */
    record Consecutive(int length) implements CommitRule {
        @Override
        public boolean commits(List<Header> chain) {
            for (int i = 1; i < chain.size(); i++) {
                if (chain.get(i).view() != chain.get(i - 1).view() + 1) {
                    return false;
                }
            }
            return true;
        }
    }
}
