package dev.parley.crypto;

import java.util.Arrays;

/** The exact bytes that were signed, with the signature: what evidence is made of. Immutable. */
public final class SignedStatement {
    private final byte[] statement;
    private final Signature signature;

    /** @param statement copied */
    public SignedStatement(byte[] statement, Signature signature) {
        this.statement = statement.clone();
        this.signature = signature;
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
