package dev.parley.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A validator's public key, as bytes. Being one says nothing about being a good one:
 * {@link SignatureScheme#requireAdmissible} does, once, when a validator set is built.
 */
public final class PublicKey {
    private final byte[] bytes;

    /** @param bytes copied */
    public PublicKey(byte[] bytes) {
        this.bytes = bytes.clone();
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
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
