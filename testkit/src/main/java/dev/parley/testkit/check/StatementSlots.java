package dev.parley.testkit.check;

/** Reads what a signed statement is about, so that two statements for one slot are noticed. Each protocol has its own. */
@FunctionalInterface
public interface StatementSlots {
    /** What {@link #slot} says of a statement that may be signed any number of times. */
    long NONE = -1;

    /**
     * @param statement as it was signed
     * @return a number from 0 that is the same for all statements of which a correct validator signs at most one, such as its votes in one
     *     view; {@link #NONE} if there is no such bound
     */
    long slot(byte[] statement);
}
