package dev.parley.network.secure;

import dev.parley.consensus.Topic;
import dev.parley.crypto.Digest;
import org.jspecify.annotations.Nullable;

/** Bytes to be sent, hashed once at most, however many peers they go to: each session that needs it authenticates the hash. Immutable. */
public final class Frame {
    /** What holding one frame costs besides its bytes. */
    public static final int OVERHEAD_BYTES = 64;

    private final byte[] content;
    private final @Nullable Topic topic;
    private @Nullable Digest hash;

    private Frame(byte[] content, @Nullable Topic topic) {
        this.content = content;
        this.topic = topic;
    }

    /** @param content not copied; must not be written to any more */
    public static Frame of(byte[] content) {
        return of(content, null);
    }

    /**
     * @param content not copied; must not be written to any more
     * @param topic if only the newest frames of it are worth sending; null otherwise
     */
    public static Frame of(byte[] content, @Nullable Topic topic) {
        return new Frame(content, topic);
    }

    @Nullable Topic topic() {
        return topic;
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
