package dev.parley.honeybadger.subset;

import dev.parley.honeybadger.agreement.AgreementRules;

/** The conditions of the common subset. The defaults are the law; tests override one to see that its absence is noticed. */
public interface SubsetRules {
    SubsetRules PAPER = new SubsetRules() {};

    default AgreementRules agreement() {
        return AgreementRules.PAPER;
    }

    /** How many agreements said 1 before any gets an input of 0: n − f. */
    default int onesBeforeZeros(int n, int f) {
        return n - f;
    }

    /** Input 1 takes the delivered broadcast; else nobody may have it, and all wait for ever. */
    default boolean inputsOneOnlyAfterDelivery() {
        return true;
    }
}
