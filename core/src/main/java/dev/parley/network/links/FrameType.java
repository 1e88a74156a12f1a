package dev.parley.network.links;

import org.jspecify.annotations.Nullable;

/** What follows the length and the type byte of a frame on the wire, and how long it may be. */
enum FrameType {
    /** A {@link Hello}; the first frame and no other. */
    HELLO(1, Hello.MAX_BYTES),
    /** A number and a whole small frame. */
    SMALL(2, LinkConnection.NUMBER_BYTES + LinkConnection.PIECE_BYTES),
    /** A number, the length of the whole, and the first piece of a large frame. */
    LARGE(3, LinkConnection.NUMBER_BYTES + 4 + LinkConnection.PIECE_BYTES),
    /** The next piece of it. */
    MORE(4, LinkConnection.PIECE_BYTES),
    /** The next small and the next large number that are expected; says besides that one lives. */
    ACK(5, 2 * LinkConnection.NUMBER_BYTES);

    private final int code;
    private final int maxBytes;

    FrameType(int code, int maxBytes) {
        this.code = code;
        this.maxBytes = maxBytes;
    }

    int code() {
        return code;
    }

    /** Without the type. */
    int maxBytes() {
        return maxBytes;
    }

    static @Nullable FrameType of(int code) {
        for (FrameType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
