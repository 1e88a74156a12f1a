package dev.parley.benchmarks;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.CommandBatch;
import java.util.Set;

/** Blocks one after the other, decided by nobody. Not thread-safe. */
final class Chain {
    private static final Certificate CERTIFICATE = Set::of;

    private BlockId tip = BlockId.GENESIS;
    private long height;

    /** The block that {@link #next} gave last. */
    BlockId tip() {
        return tip;
    }

    /** @param payload is hashed, as it is before any block is decided */
    DecidedBlock next(CommandBatch payload) {
        BlockId parent = tip;
        height++;
        BinaryWriter content = new BinaryWriter();
        parent.write(content);
        payload.digest().write(content);
        tip = new BlockId(Digest.sha256(content.toByteArray()));
        return new DecidedBlock(height, tip, parent, new ValidatorId(0), height, payload, CERTIFICATE);
    }
}
