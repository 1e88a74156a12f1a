package dev.parley.crypto;

import dev.parley.codec.BinaryReader;
import dev.parley.codec.BinaryWriter;
import dev.parley.codec.MalformedException;
import java.util.Arrays;

/** The exact bytes that were signed, with the signature: what evidence is made of. Immutable. */
public final class SignedStatement {
    /** The longest statement of any protocol, for bounds on what is read. */
    public static final int MAX_STATEMENT_BYTES = 1024;

    /** The fewest bytes of one in its binary form. */
    public static final int MIN_BYTES = 4 + 4;

    private final byte[] statement;
    private final Signature signature;

    /** @param statement copied; at most {@link #MAX_STATEMENT_BYTES} */
    public SignedStatement(byte[] statement, Signature signature) {
        if (statement.length > MAX_STATEMENT_BYTES) {
            throw new IllegalArgumentException(
                    "a statement has at most " + MAX_STATEMENT_BYTES + " bytes, not " + statement.length);
        }
        this.statement = statement.clone();
        this.signature = signature;
    }

    public static SignedStatement read(BinaryReader in) throws MalformedException {
        return new SignedStatement(in.bytes(MAX_STATEMENT_BYTES), Signature.read(in));
    }

    public void write(BinaryWriter out) {
        signature.write(out.bytes(statement));
    }

    /** The size of the binary form in bytes. */
    public int sizeBytes() {
        return MIN_BYTES + statement.length + signature.length();
    }

    /** A copy. */
    public byte[] statement() {
        return statement.clone();
    }

    public Signature signature() {
        return signature;
    }

    public boolean isSignedBy(PublicKey key, SignatureScheme scheme) {
        return scheme.verify(key, statement, signature);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedStatement that
                && Arrays.equals(statement, that.statement)
                && signature.equals(that.signature);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(statement);
    }
}
