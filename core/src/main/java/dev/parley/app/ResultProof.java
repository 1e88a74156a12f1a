package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import dev.parley.log.CommandBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Proves one outcome by the root of its block's results: the chunk of items that holds it, and the way up. Immutable. */
public final class ResultProof {
    private static final int MAX_PATH = 32 - Integer.numberOfLeadingZeros(CommandBatch.MAX_COMMANDS / ResultTree.CHUNK);

    private final int index;
    private final byte[] chunk;
    private final List<Digest> path;

    /**
     * @param index the command's place in the block, from 0
     * @param chunk the encoded items of the chunk that holds it; taken over, not copied
     * @param path the siblings on the way from the chunk to the root
     */
    ResultProof(int index, byte[] chunk, List<Digest> path) {
        this.index = index;
        this.chunk = chunk;
        this.path = List.copyOf(path);
    }

    public static ResultProof read(BinaryReader in) throws MalformedException {
        int index = in.count(CommandBatch.MAX_COMMANDS - 1, 0);
        byte[] chunk = in.bytes(ResultTree.CHUNK * ResultItems.MAX_ITEM_BYTES);
        int length = in.count(MAX_PATH, Digest.BYTES);
        List<Digest> path = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            path.add(Digest.read(in));
        }
        return new ResultProof(index, chunk, path);
    }

    public void write(BinaryWriter out) {
        out.i32(index).bytes(chunk).i32(path.size());
        path.forEach(digest -> digest.write(out));
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
        if (index >= count || count > CommandBatch.MAX_COMMANDS) {
            return false;
        }
        int place = index / ResultTree.CHUNK;
        int inChunk = Math.min(ResultTree.CHUNK, count - place * ResultTree.CHUNK);
        try {
            return ResultItems.split(chunk, inChunk).holds(index % ResultTree.CHUNK, ResultItems.item(command, outcome))
                    && resultsRoot.equals(ResultTree.rootOf(chunk, place, count, path));
        } catch (MalformedException e) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResultProof that
                && index == that.index
                && Arrays.equals(chunk, that.chunk)
                && path.equals(that.path);
    }

    @Override
    public int hashCode() {
        return index * 31 + Arrays.hashCode(chunk);
    }
}
