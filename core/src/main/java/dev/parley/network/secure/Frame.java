package dev.parley.network.secure;

import dev.parley.crypto.Digest;

/** Bytes to be sent, hashed once, however many peers they go to: each session authenticates the hash. Immutable. */
public final class Frame {
    /** What holding one frame costs besides its bytes. */
    private static final int OVERHEAD_BYTES = 64;

    private final byte[] content;
    private final Digest hash;

    private Frame(byte[] content) {
        this.content = content;
        this.hash = Digest.sha256(content);
    }

    /** @param content not copied; must not be written to any more */
    public static Frame of(byte[] content) {
        return new Frame(content);
    }

    byte[] content() {
        return content;
    }

    Digest hash() {
        return hash;
    }

    public int length() {
        return content.length;
    }

    int cost() {
        return content.length + OVERHEAD_BYTES;
    }
}
