package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.log.CommandBatch;
import java.util.ArrayList;
import java.util.List;

/** Proves one outcome by the root of its block's results: the chunk of items that holds it, and the way up. Immutable. */
public final class ResultProof {
    private static final int MAX_PATH = 32 - Integer.numberOfLeadingZeros(CommandBatch.MAX_COMMANDS / ResultTree.CHUNK);

    private final int index;
    private final ResultChunk chunk;

    /** @param index the command's place in the block, from 0 */
    ResultProof(int index, ResultChunk chunk) {
        this.index = index;
        this.chunk = chunk;
    }

    public static ResultProof read(BinaryReader in) throws MalformedException {
        int index = in.count(CommandBatch.MAX_COMMANDS - 1, 0);
        byte[] chunk = in.bytes(ResultTree.CHUNK * ResultItems.MAX_ITEM_BYTES);
        int length = in.count(MAX_PATH, Digest.BYTES);
        List<Digest> path = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            path.add(Digest.read(in));
        }
        return new ResultProof(index, new ResultChunk(index / ResultTree.CHUNK, chunk, path));
    }

    public void write(BinaryWriter out) {
        out.i32(index).bytes(chunk.bytes()).i32(chunk.path().size());
        chunk.path().forEach(digest -> digest.write(out));
    }

    /** The command's place in the block, from 0. */
    public int index() {
        return index;
    }

    /**
     * Whether the command of this digest gave this outcome at {@link #index}. Never throws, whatever the proof holds.
     *
     * @param resultsRoot of the block, certified
     * @param count the number of the block's commands, certified
     */
    public boolean proves(Digest resultsRoot, int count, Digest command, Outcome outcome) {
        return index < count
                && count <= CommandBatch.MAX_COMMANDS
                && chunk.proves(resultsRoot, count, index, ResultItems.item(command, outcome));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResultProof that && index == that.index && chunk.equals(that.chunk);
    }

    @Override
    public int hashCode() {
        return index * 31 + chunk.hashCode();
    }
}
