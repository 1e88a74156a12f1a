package dev.parley.honeybadger.agreement;

import dev.parley.honeybadger.coin.Coin;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** What was said in one round, by whom, and what one has said oneself. */
final class Round {
    final int number;
    final Coin.Toss toss;
    private final BitSet falseBvals = new BitSet();
    private final BitSet trueBvals = new BitSet();
    private @Nullable BoolSet[] aux;
    private @Nullable BoolSet[] conf;
    BoolSet binValues = BoolSet.NONE;
    BoolSet sentBval = BoolSet.NONE;
    boolean shareReleased;
    /** The values of n − f CONF as they were when the coin was released; what comes later must not move them. */
    @Nullable BoolSet values;

    Round(int number, int n, Coin.Toss toss) {
        this.number = number;
        this.toss = toss;
        aux = new @Nullable BoolSet[n];
        conf = new @Nullable BoolSet[n];
    }

    BitSet bvals(boolean value) {
        return value ? trueBvals : falseBvals;
    }

    @Nullable BoolSet[] aux() {
        return aux;
    }

    @Nullable BoolSet[] conf() {
        return conf;
    }

    /** All that is still needed of a round that was left is who said BVAL: those who are behind may lack one's own. */
    void leave() {
        aux = new @Nullable BoolSet[0];
        conf = new @Nullable BoolSet[0];
    }
}
