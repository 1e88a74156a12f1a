package dev.parley.honeybadger.agreement;

import dev.parley.honeybadger.coin.CoinRules;

/**
 * The conditions in the upon-rules, one question each. The defaults are the law and {@link #PAPER} is nothing else; tests override one to
 * see that its absence is noticed. Implementations are immutable.
 */
public interface AgreementRules extends CoinRules {
    AgreementRules PAPER = new AgreementRules() {};

    /** BVAL is passed on when a correct validator said it, f + 1. */
    default int bvalRelay(int n, int f) {
        return f + 1;
    }

    /** A value joins bin_values when all others will hear f + 1 BVAL of it, 2f + 1. */
    default int binValues(int n, int f) {
        return 2 * f + 1;
    }

    /** How many AUX, and how many CONF, end a phase: n − f. */
    default int auxQuorum(int n, int f) {
        return n - f;
    }

    /** TERM decides at once when a correct validator said it, f + 1. */
    default int termQuorum(int n, int f) {
        return f + 1;
    }

    /** Whether there is a CONF phase; without it this is the protocol of 2014, which a scheduler stalls for ever (hazard 13). */
    default boolean confBeforeCoin() {
        return true;
    }

    /** Whether a share of the coin leaves when a round begins, before the values of the round are settled. */
    default boolean releasesCoinEarly() {
        return false;
    }

    /** Whether shares that come before one's own is released are kept: nobody sends them again (hazard 15). */
    default boolean keepsEarlyShares() {
        return true;
    }
}
