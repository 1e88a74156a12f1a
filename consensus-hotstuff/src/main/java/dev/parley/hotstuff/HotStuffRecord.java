package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.Payload;
import dev.parley.consensus.RecordKey;

/** What a HotStuff validator must find again after a restart. */
public sealed interface HotStuffRecord extends ConsensusRecord
        permits SafetyRecord, HotStuffRecord.BlockRecord, HotStuffRecord.TimeoutRecord {
    /** The key of the one {@link SafetyRecord}. */
    RecordKey SAFETY = RecordKey.single(1);

    /** The key of the one {@link TimeoutRecord}. */
    RecordKey TIMEOUT = RecordKey.single(3);

    static RecordKey blockKey(BlockId block) {
        return new RecordKey(2, block.hash());
    }

    /** An undecided block that this validator voted for or knows to be certified. */
    record BlockRecord(Block block) implements HotStuffRecord {
        @Override
        public int approximateBytes() {
            return block.approximateBytes();
        }

        @Override
        public Payload payload() {
            return block.payload();
        }
    }

    /**
     * The last time-out that was sent. Made anew after a restart it might report another QC, since certificates are learned without
     * being recorded, and two different time-outs of one view are evidence.
     */
    record TimeoutRecord(HotStuffMessage.Timeout timeout) implements HotStuffRecord {}
}
