package dev.parley.honeybadger;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusMessage;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Signature;
import dev.parley.honeybadger.broadcast.BroadcastMessage;
import dev.parley.honeybadger.subset.SubsetMessage;
import java.util.Arrays;

/** What HoneyBadgerBFT validators say to each other. */
public sealed interface HoneyBadgerMessage extends ConsensusMessage {
    /** No epoch reaches this, so that arithmetic on epochs can't overflow. */
    long MAX_EPOCH = 1L << 60;

    /** Of which epoch the message is. */
    long epoch();

    /** A step of the broadcast of one validator's proposal. */
    record Broadcasting(long epoch, ValidatorId proposer, BroadcastMessage step) implements HoneyBadgerMessage {
        @Override
        public int approximateBytes() {
            return 512
                    + switch (step) {
                        case BroadcastMessage.Val val -> val.shard().bytes().length;
                        case BroadcastMessage.Echo echo -> echo.shard().bytes().length;
                        case BroadcastMessage.Ready ready -> 0;
                    };
        }
    }

    /** A step of the agreement on whose proposals are in. */
    record Agreeing(long epoch, SubsetMessage step) implements HoneyBadgerMessage {}

    /** The sender's share for decrypting one proposal of the subset. Immutable. */
    final class Decrypting implements HoneyBadgerMessage {
        /** The longest share of any scheme. */
        static final int MAX_SHARE_BYTES = 128;

        private final long epoch;
        private final ValidatorId proposer;
        private final byte[] share;

        /** @param share not copied, not to be changed */
        public Decrypting(long epoch, ValidatorId proposer, byte[] share) {
            this.epoch = epoch;
            this.proposer = proposer;
            this.share = share;
        }

        @Override
        public long epoch() {
            return epoch;
        }

        public ValidatorId proposer() {
            return proposer;
        }

        /** Not a copy, not to be changed. */
        byte[] share() {
            return share;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Decrypting that
                    && epoch == that.epoch
                    && proposer.equals(that.proposer)
                    && Arrays.equals(share, that.share);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(share);
        }

        @Override
        public String toString() {
            return "share of the proposal of " + proposer + " in epoch " + epoch;
        }
    }

    /** The sender has computed the epoch's block. */
    record Vote(long epoch, BlockId block, Signature signature) implements HoneyBadgerMessage {}

    /**
     * The sender is in this epoch and may have lost what was said in it: whoever is there too says again what it said. After a restart, and
     * after certificates brought it there.
     *
     * @param begun whether the epoch is under way as far as the sender knows
     */
    record Joining(long epoch, boolean begun) implements HoneyBadgerMessage {}
}
