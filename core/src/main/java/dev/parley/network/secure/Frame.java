package dev.parley.network.secure;

import dev.parley.crypto.Digest;
import org.jspecify.annotations.Nullable;

/** Bytes to be sent, hashed once at most, however many peers they go to: each session that needs it authenticates the hash. Immutable. */
public final class Frame {
    /** What holding one frame costs besides its bytes. */
    private static final int OVERHEAD_BYTES = 64;

    private final byte[] content;
    private @Nullable Digest hash;

    private Frame(byte[] content) {
        this.content = content;
    }

    /** @param content not copied; must not be written to any more */
    public static Frame of(byte[] content) {
        return new Frame(content);
    }

    /** Not to be written to. */
    public byte[] content() {
        return content;
    }

    /** A race computes it twice, to the same value. */
    Digest hash() {
        Digest known = hash;
        if (known == null) {
            known = Digest.sha256(content);
            hash = known;
        }
        return known;
    }

    public int length() {
        return content.length;
    }

    int cost() {
        return content.length + OVERHEAD_BYTES;
    }
}
