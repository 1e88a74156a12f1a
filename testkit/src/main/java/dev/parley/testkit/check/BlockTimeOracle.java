package dev.parley.testkit.check;

import dev.parley.consensus.DecidedBlock;
import dev.parley.log.CommandBatch;
import java.util.function.LongSupplier;

/** Decided block times never go back, and never lie farther ahead of the fastest correct clock than validators allow. */
public final class BlockTimeOracle implements Oracle {
    private final LongSupplier fastestClockMillis;
    private final long maxAheadMillis;
    private long decidedUpTo;
    private long timeMillis;

    /** @param fastestClockMillis what the fastest clock of a correct validator shows now, in milliseconds since 1970 */
    public BlockTimeOracle(LongSupplier fastestClockMillis, long maxAheadMillis) {
        this.fastestClockMillis = fastestClockMillis;
        this.maxAheadMillis = maxAheadMillis;
    }

    @Override
    public void decided(int validator, DecidedBlock block) {
        if (block.height() <= decidedUpTo) {
            return;
        }
        decidedUpTo = block.height();
        long time = ((CommandBatch) block.payload()).timeMillis();
        if (time < timeMillis) {
            throw new Violation(
                    "block time", "height " + block.height() + " is " + (timeMillis - time) + " ms before its parent");
        }
        long now = fastestClockMillis.getAsLong();
        if (time > now + maxAheadMillis) {
            throw new Violation(
                    "block time",
                    "height " + block.height() + " is " + (time - now) + " ms ahead of every correct clock");
        }
        timeMillis = time;
    }
}
