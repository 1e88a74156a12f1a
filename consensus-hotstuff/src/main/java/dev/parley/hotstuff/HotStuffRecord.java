package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.RecordKey;

/** What a HotStuff validator must find again after a restart. */
public sealed interface HotStuffRecord extends ConsensusRecord permits SafetyRecord, HotStuffRecord.BlockRecord {
    /** The key of the one {@link SafetyRecord}. */
    RecordKey SAFETY = RecordKey.single(1);

    static RecordKey blockKey(BlockId block) {
        return new RecordKey(2, block.hash());
    }

    /** An undecided block that this validator voted for or knows to be certified. */
    record BlockRecord(Block block) implements HotStuffRecord {}
}
