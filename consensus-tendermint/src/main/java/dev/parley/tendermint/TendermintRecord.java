package dev.parley.tendermint;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.ConsensusRecord;
import dev.parley.consensus.Payload;
import dev.parley.consensus.RecordKey;

/** What a Tendermint validator must find again after a restart. */
public sealed interface TendermintRecord extends ConsensusRecord permits SafetyRecord, TendermintRecord.BlockRecord {
    /** The key of the one {@link SafetyRecord}. */
    RecordKey SAFETY = RecordKey.single(1);

    static RecordKey blockKey(BlockId block) {
        return new RecordKey(2, block.hash());
    }

    /** An undecided block that this validator proposed, is locked on or holds for valid: if all restart, nobody else has it. */
    record BlockRecord(Block block) implements TendermintRecord {
        @Override
        public int approximateBytes() {
            return 1024 + block.payload().sizeBytes();
        }

        @Override
        public Payload payload() {
            return block.payload();
        }
    }
}
