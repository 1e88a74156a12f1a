package dev.parley.hotstuff;

import dev.parley.consensus.BlockId;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** Blocks that wait for their ancestors: at most {@value #MAX_BLOCKS} and {@value #MAX_BYTES} bytes, the oldest go first. */
final class Orphans {
    private static final int MAX_BLOCKS = 128;
    private static final long MAX_BYTES = 64L << 20;

    private final LinkedHashMap<BlockId, Block> blocks = new LinkedHashMap<>();
    private long bytes;

    void add(Block block) {
        if (blocks.putIfAbsent(block.id(), block) == null) {
            bytes += block.payload().sizeBytes();
            while (blocks.size() > MAX_BLOCKS || (bytes > MAX_BYTES && blocks.size() > 1)) {
                bytes -= blocks.pollFirstEntry().getValue().payload().sizeBytes();
            }
        }
    }

    @Nullable Block get(BlockId id) {
        return blocks.get(id);
    }

    void remove(Block block) {
        if (blocks.remove(block.id()) != null) {
            bytes -= block.payload().sizeBytes();
        }
    }

    void removeUpTo(long height) {
        blocks.values().removeIf(block -> {
            if (block.height() > height) {
                return false;
            }
            bytes -= block.payload().sizeBytes();
            return true;
        });
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    int size() {
        return blocks.size();
    }
}
