package dev.parley.honeybadger.coin;

import dev.parley.consensus.ValidatorId;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A coin that everybody knows beforehand. */
record FixedToss(boolean side) implements Coin.Toss {
    @Override
    public boolean add(ValidatorId from, Share share) {
        return false;
    }

    @Override
    public @Nullable Share release() {
        return null;
    }

    @Override
    public Boolean value(Consumer<ValidatorId> blame) {
        return side;
    }
}
