package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import java.util.List;

/**
 * Proves one outcome by the root of its block's {@link ResultTree}. Immutable.
 *
 * @param index the command's place in the block, from 0
 * @param items the encoded items of the chunk that holds it; shared, not to be written to
 * @param path the siblings on the way from the chunk to the root
 */
@SuppressWarnings("ArrayRecordComponent")
public record ResultProof(int index, byte[] items, List<Digest> path) {
    public ResultProof {
        path = List.copyOf(path);
    }

    public static ResultProof read(BinaryReader in) throws MalformedException {
        throw new UnsupportedOperationException();
    }

    public void write(BinaryWriter out) {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether the command of this digest gave this outcome at {@link #index}. Never throws, whatever the proof holds.
     *
     * @param resultsRoot of the block, certified
     * @param count the number of the block's commands, certified
     */
    public boolean proves(Digest resultsRoot, int count, Digest command, Outcome outcome) {
        throw new UnsupportedOperationException();
    }
}
