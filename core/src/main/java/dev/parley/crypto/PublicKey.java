package dev.parley.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A validator's public key, as bytes. Being one says nothing about being a good one:
 * {@link SignatureScheme#requireAdmissible} does, once, when a validator set is built.
 */
public final class PublicKey {
    /** Not a copy: schemes read it for each verification, nobody writes it. */
    final byte[] bytes;

    /** Keys are looked up in tables for each verification. */
    private final int hash;

    /** @param bytes copied */
    public PublicKey(byte[] bytes) {
        this.bytes = bytes.clone();
        this.hash = Arrays.hashCode(this.bytes);
    }

    /** A copy. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
