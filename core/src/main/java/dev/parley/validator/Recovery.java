package dev.parley.validator;

import dev.parley.app.ExecutorSettings;
import dev.parley.consensus.ConsensusCore;
import dev.parley.consensus.ConsensusProtocol;
import dev.parley.consensus.DecidedBlock;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import dev.parley.log.FreshNotice;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a validator that has forgotten what it signed may sign again.
 *
 * <p>It has a notice ordered that nobody could foresee. The block that holds it was made after all that the validator has signed; so
 * what it signed was for no later height, view or epoch than that block's, but for what its protocol says ahead of the log ({@code
 * docs/trust.md} has the argument for each protocol). So many blocks later a new core, begun with the log and no records, says nothing
 * in the place of what was said before. Until then {@link #core} takes the protocol's place. Not thread-safe but for {@link #toString}.
 */
public final class Recovery {
    private static final long NOTICE_LIFETIME_MILLIS = 60_000;

    private final int margin;
    private final RandomGenerator random;
    private final LongSupplier clockMillis;
    private final long lifetimeMillis;
    private @Nullable Command notice;
    /** Of the first block that was made after everything was forgotten; 0 for none yet. */
    private volatile long freshHeight;

    /**
     * @param margin by {@link dev.parley.consensus.ConsensusProtocol#heightsSpokenAhead}
     * @param random makes nonces that nobody else can foresee
     * @param lifetimeMillis how long a notice may be ordered
     */
    Recovery(int margin, RandomGenerator random, LongSupplier clockMillis, long lifetimeMillis) {
        this.margin = margin;
        this.random = random;
        this.clockMillis = clockMillis;
        this.lifetimeMillis = lifetimeMillis;
    }

    /** @param random makes nonces that nobody else can foresee */
    public static Recovery of(
            ConsensusProtocol protocol, RandomGenerator random, LongSupplier clockMillis, ExecutorSettings settings) {
        return new Recovery(
                protocol.heightsSpokenAhead(),
                random,
                clockMillis,
                Math.min(NOTICE_LIFETIME_MILLIS, settings.maxLifetime().toMillis() / 2));
    }

    /** Follows the log that the others decide, and says nothing. */
    public ConsensusCore core() {
        return new FollowingCore(this::toString);
    }

    /** What is to be ordered, to be told to peers again and again: the next one when the last was ordered or has expired. */
    public Command notice() {
        Command present = notice;
        if (present == null || present.expiresAtMillis() < clockMillis.getAsLong()) {
            byte[] nonce = new byte[FreshNotice.NONCE_BYTES];
            random.nextBytes(nonce);
            present = FreshNotice.command(nonce, clockMillis.getAsLong() + lifetimeMillis);
            notice = present;
        }
        return present;
    }

    /**
     * The next block of the log, durable.
     *
     * @return whether the validator may sign from the next height on
     */
    public boolean decided(DecidedBlock block) {
        Command present = notice;
        if (present != null && ((CommandBatch) block.payload()).commands().contains(present)) {
            notice = null;
            if (freshHeight == 0) {
                freshHeight = block.height();
            }
        }
        return freshHeight > 0 && block.height() >= freshHeight + margin;
    }

    @Override
    public String toString() {
        return freshHeight == 0
                ? "a block that was made after its disk was lost" + (margin == 0 ? "" : ", and " + margin + " more")
                : "height " + (freshHeight + margin);
    }
}
