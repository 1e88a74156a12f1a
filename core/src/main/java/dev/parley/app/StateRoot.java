package dev.parley.app;

import dev.parley.codec.BinaryWriter;
import dev.parley.consensus.BlockId;
import dev.parley.crypto.Digest;
import java.util.Optional;

/** The hash chain over what execution gave: one root says all results up to its height. */
final class StateRoot {
    /** Apart from the prefixes of {@link ResultTree}. */
    private static final int PREFIX = 2;

    private StateRoot() {}

    /** SHA-256 of the root below, the height, the block, the results' root, their count and, where there is one, the state's hash. */
    static Digest next(
            Digest previous, long height, BlockId block, Digest resultsRoot, int count, Optional<Digest> stateHash) {
        BinaryWriter out = new BinaryWriter(1 + 5 * Digest.BYTES).u8(PREFIX);
        previous.write(out);
        out.i64(height);
        block.write(out);
        resultsRoot.write(out);
        out.i32(count).bool(stateHash.isPresent());
        stateHash.ifPresent(hash -> hash.write(out));
        return Digest.sha256(out.toByteArray());
    }
}
