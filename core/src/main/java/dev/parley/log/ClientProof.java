package dev.parley.log;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import dev.parley.crypto.PublicKey;
import dev.parley.crypto.Signature;

/**
 * What shows that a command is of the session that it names: the session's key and its signature. Being one says nothing about being a good
 * one: {@link ClientSignatures#isAuthentic} does.
 */
public record ClientProof(PublicKey key, Signature signature) {
    /** The longest key of any scheme, for bounds on what is read. */
    private static final int MAX_KEY_BYTES = 64;

    /** No proof is larger in the binary form. */
    public static final int MAX_BYTES = 4 + MAX_KEY_BYTES + 4 + Signature.MAX_BYTES;

    static ClientProof read(BinaryReader in) throws MalformedException {
        return new ClientProof(new PublicKey(in.bytes(MAX_KEY_BYTES)), Signature.read(in));
    }

    void write(BinaryWriter out) {
        signature.write(out.bytes(key.toBytes()));
    }

    int sizeBytes() {
        return 4 + key.length() + 4 + signature.length();
    }
}
