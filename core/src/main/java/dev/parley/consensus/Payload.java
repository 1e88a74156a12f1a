package dev.parley.consensus;

import dev.parley.codec.BinaryWriter;
import dev.parley.crypto.Digest;

/**
 * What a block carries. Protocols hash it, send it and hand it on, and never look inside, so that how commands are disseminated
 * can change without touching a protocol. Immutable.
 */
public interface Payload {
    /** The hash of the encoded payload, computed from the content and never taken from a peer. */
    Digest digest();

    /** The size of the encoded payload in bytes. */
    int sizeBytes();

    /** Whether nothing waits for this payload to be ordered. */
    boolean isEmpty();

    void write(BinaryWriter out);
}
