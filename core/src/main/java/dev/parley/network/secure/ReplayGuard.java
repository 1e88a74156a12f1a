package dev.parley.network.secure;

/**
 * Lets each counter of a session pass once and in order. A transport below keeps order or loses, so that what comes out of order
 * was recorded and is played again, or has been overtaken and is sent again. Not thread-safe.
 */
final class ReplayGuard {
    private long last;

    /** @param counter from 1 on */
    boolean pass(long counter) {
        if (counter <= last) {
            return false;
        }
        last = counter;
        return true;
    }
}
