package dev.parley.app;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.Digest;
import java.util.OptionalInt;

/** What a block's commands gave, in brief: for each the command's digest, the code, the result or its hash. Immutable. */
public final class ResultItems {
    public int count() {
        throw new UnsupportedOperationException();
    }

    public static ResultItems read(BinaryReader in) throws MalformedException {
        throw new UnsupportedOperationException();
    }

    public void write(BinaryWriter out) {
        throw new UnsupportedOperationException();
    }

    /** The root of the tree over these: to be held against a certified one where the items come from a peer. */
    public Digest root() {
        throw new UnsupportedOperationException();
    }

    /** The first index at which the two differ, the shorter's count where one begins the other, or empty if they are equal. */
    public OptionalInt firstDifference(ResultItems other) {
        throw new UnsupportedOperationException();
    }
}
