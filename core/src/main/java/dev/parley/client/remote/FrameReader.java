package dev.parley.client.remote;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames, each behind its length in four bytes. A claimed length is held against its bound before anything is
 * allocated, and memory grows with what has come, not with what was claimed; beyond the first {@link #FREE_BYTES} it is taken from
 * an allowance that connections share. Belongs to its event loop.
 */
final class FrameReader {
    /** What a connection may hold of one frame without asking. */
    static final int FREE_BYTES = 16 << 10;

    /** Memory for unfinished frames. */
    interface Allowance {
        /** @return false if there is no more; nothing is taken then */
        boolean take(int bytes);

        void giveBack(int bytes);

        /** For connections of our own choice. */
        Allowance UNLIMITED = new Allowance() {
            @Override
            public boolean take(int bytes) {
                return true;
            }

            @Override
            public void giveBack(int bytes) {}
        };
    }

    private static final int HEADER_BYTES = 4;

    private final Allowance allowance;
    private int maxBytes;
    private int headerBytes;
    private int length;
    private byte @Nullable [] body;
    private int filled;
    private int taken;

    /** @param maxBytes of one frame */
    FrameReader(int maxBytes, Allowance allowance) {
        this.maxBytes = maxBytes;
        this.allowance = allowance;
    }

    /** From the next frame on. */
    void setMaxBytes(int bytes) {
        maxBytes = bytes;
    }

    /** Whether a frame has begun and not ended. */
    boolean isInsideFrame() {
        return headerBytes > 0;
    }

    /**
     * Reads from {@code in} what belongs to the next frame.
     *
     * @return the frame once it is complete, else null, with {@code in} used up
     * @throws ProtocolException {@link ProtocolError#TOO_LARGE}, {@link ProtocolError#MALFORMED} for an empty frame, or
     *     {@link ProtocolError#OVERLOADED}
     */
    byte @Nullable [] next(ByteBuf in) throws ProtocolException {
        while (headerBytes < HEADER_BYTES) {
            if (!in.isReadable()) {
                return null;
            }
            length = length << 8 | in.readUnsignedByte();
            headerBytes++;
        }
        byte[] frame = body;
        if (frame == null) {
            if (length > maxBytes || length < 0) {
                throw new ProtocolException(
                        ProtocolError.TOO_LARGE,
                        "a frame of " + Integer.toUnsignedString(length) + " bytes is over the " + maxBytes
                                + " that are taken");
            }
            if (length == 0) {
                throw new ProtocolException(ProtocolError.MALFORMED, "an empty frame");
            }
            frame = new byte[0];
        }
        int more = Math.min(length - filled, in.readableBytes());
        if (filled + more > frame.length) {
            frame = grow(frame, filled + more);
        }
        in.readBytes(frame, filled, more);
        filled += more;
        if (filled < length) {
            body = frame;
            return null;
        }
        release();
        return frame;
    }

    /** Forgets what has come of an unfinished frame. */
    void release() {
        allowance.giveBack(taken);
        taken = 0;
        body = null;
        filled = 0;
        headerBytes = 0;
        length = 0;
    }

    /** To at least {@code needed} bytes, and never more than the frame has, so that a complete one is just that. */
    private byte[] grow(byte[] frame, int needed) throws ProtocolException {
        int size = needed == length ? length : (int) Math.min(length, Math.max(needed, 2L * frame.length));
        int toTake = Math.max(0, size - FREE_BYTES) - taken;
        if (needed < length && toTake > 0) {
            if (!allowance.take(toTake)) {
                throw new ProtocolException(
                        ProtocolError.OVERLOADED, "too much of unfinished frames is held; try again later");
            }
            taken += toTake;
        }
        return Arrays.copyOf(frame, size);
    }
}
