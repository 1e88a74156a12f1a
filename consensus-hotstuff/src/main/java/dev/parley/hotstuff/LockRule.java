package dev.parley.hotstuff;

/** What a validator is locked on once a block is certified. A question: changes no state. */
@FunctionalInterface
public interface LockRule {
    /** Jolteon needs no lock beside the highest QC: what it reports in time-outs is what protects a commit. */
    LockRule TWO_CHAIN = (locked, certified) -> locked;

    /** PODC 2019, Algorithm 4, update: {@code if b'.view > b_lock.view then b_lock := b'} for the parent b' of the certified block. */
    LockRule THREE_CHAIN =
            (locked, certified) -> certified.justify().view() > locked.view() ? certified.justify() : locked;

    /**
     * @param locked the lock so far
     * @param certified a block for which a QC was seen
     * @return the QC of the locked block, never of a lower view than {@code locked}
     */
    QC lock(QC locked, Block certified);
}
