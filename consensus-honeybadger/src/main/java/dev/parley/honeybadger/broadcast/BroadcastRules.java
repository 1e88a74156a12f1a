package dev.parley.honeybadger.broadcast;

/**
 * The conditions in Figure 2's upon-rules, one question each, for n validators of which f are faulty. The interface's defaults are the law
 * and {@link #PAPER} is nothing else; tests override one to see that its absence is noticed. Implementations are immutable.
 */
public interface BroadcastRules {
    BroadcastRules PAPER = new BroadcastRules() {};

    /** Whether only the sender's first VAL is echoed. */
    default boolean echoesFirstValOnly() {
        return true;
    }

    /** "Upon receiving valid ECHO(h, ·, ·) messages from N − f distinct parties": any two such sets share a correct validator. */
    default int echoesForReady(int n, int f) {
        return n - f;
    }

    /** "Recompute Merkle root h′ and if h′ ≠ h then abort" (hazard 16). */
    default boolean comparesRoot() {
        return true;
    }

    /** "Upon receiving f + 1 matching READY(h)": one of them is a correct validator's. */
    default int readiesForReady(int n, int f) {
        return f + 1;
    }

    /** "Upon receiving 2f + 1 matching READY(h)": f + 1 of them are correct validators', so that all will be ready. */
    default int readiesForDelivery(int n, int f) {
        return 2 * f + 1;
    }
}
