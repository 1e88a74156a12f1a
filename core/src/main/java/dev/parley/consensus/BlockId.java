package dev.parley.consensus;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;

/** A block's name: the hash of all that the block is. */
public record BlockId(Digest hash) {
    /** The block before the first: height 0, agreed on by definition. */
    public static final BlockId GENESIS = new BlockId(Digest.ZERO);

    public static BlockId read(BinaryReader in) throws MalformedException {
        return new BlockId(Digest.read(in));
    }

    public void write(BinaryWriter out) {
        hash.write(out);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }

    @Override
    public String toString() {
        return equals(GENESIS) ? "genesis" : hash.abbreviated();
    }
}
