package dev.parley.honeybadger.coin;

import dev.parley.consensus.ValidatorId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The common coins of one agreement, one for each round. */
public interface Coin {
    /** A fresh count of the shares of the round's coin. */
    Toss toss(int round);

    /**
     * Round 0 true, round 1 false, then a real one, again and again: safe, since safety never rests on the coin, and the good case takes
     * no cryptography; termination comes from the real ones.
     */
    static Coin patterned(Coin real) {
        return round -> switch (round % 3) {
            case 0 -> new FixedToss(true);
            case 1 -> new FixedToss(false);
            default -> real.toss(round);
        };
    }

    /** One coin. Not thread-safe. */
    interface Toss {
        /**
         * Keeps another validator's share, unverified.
         *
         * @return whether it is the first one from there and this coin takes shares at all
         */
        boolean add(ValidatorId from, Share share);

        /** Own share, counted; null where the coin takes none. Whoever asks gives it away: not before n − f CONF. */
        @Nullable Share release();

        /**
         * The coin, as soon as there are shares enough.
         *
         * @param blame is told whose share turned out to be wrong, once each
         */
        @Nullable Boolean value(Consumer<ValidatorId> blame);
    }
}
