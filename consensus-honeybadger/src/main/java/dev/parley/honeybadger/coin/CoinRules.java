package dev.parley.honeybadger.coin;

/** What makes a coin common and unpredictable. The defaults are the law; tests override one to see that its absence is noticed. */
public interface CoinRules {
    CoinRules PAPER = new CoinRules() {};

    /** Whether a coin is bound to its epoch and instance; else one that is out foretells another (hazard 14). */
    default boolean bindsInstance() {
        return true;
    }

    /** Whether what was combined is verified; else one wrong share splits the coin (hazard 15). */
    default boolean verifiesShares() {
        return true;
    }
}
