package dev.parley.app;

import dev.parley.consensus.BlockId;
import dev.parley.consensus.Certificate;
import dev.parley.consensus.DecidedBlock;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.Digest;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** Makes a chain of decided blocks. */
final class Blocks {
    private static final Certificate CERTIFICATE = Set::of;

    private BlockId tip = BlockId.GENESIS;
    private long height;

    DecidedBlock next(long timeMillis, List<Command> commands) {
        return next(new CommandBatch(timeMillis, commands));
    }

    DecidedBlock next(CommandBatch batch) {
        BlockId parent = tip;
        height++;
        tip = new BlockId(Digest.sha256(
                parent.hash().toBytes(),
                batch.digest().toBytes(),
                Long.toString(height).getBytes(StandardCharsets.US_ASCII)));
        return new DecidedBlock(height, tip, parent, new ValidatorId(0), height, batch, CERTIFICATE);
    }

    DecidedBlock next(long timeMillis, Command... commands) {
        return next(timeMillis, List.of(commands));
    }
}
