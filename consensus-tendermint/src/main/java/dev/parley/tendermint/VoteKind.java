package dev.parley.tendermint;

import java.util.Locale;

/** The two kinds of votes, in the order in which a round gathers them. */
public enum VoteKind {
    PREVOTE,
    PRECOMMIT;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
