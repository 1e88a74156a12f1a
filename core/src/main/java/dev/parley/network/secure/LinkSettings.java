package dev.parley.network.secure;

import java.time.Duration;

/**
 * Bounds and times of a link.
 *
 * @param smallBytes what one peer may have outstanding, waiting or not acknowledged, in small frames
 * @param largeBytes the same in large frames
 * @param maxFrameBytes no frame may be larger
 * @param smallUnderWay how many small frames may be on their way to a peer; a power of two
 * @param largeUnderWay the same of large ones
 * @param resendAfter how long nothing may be acknowledged before the oldest frame is sent again; doubles up to {@code maxResendAfter}
 * @param handshakeInterval how long between two handshakes with a peer at least
 */
public record LinkSettings(
        long smallBytes,
        long largeBytes,
        int maxFrameBytes,
        int smallUnderWay,
        int largeUnderWay,
        Duration resendAfter,
        Duration maxResendAfter,
        Duration handshakeInterval) {
    public LinkSettings {
        require(smallBytes >= 1, "outstanding small bytes are 1 or more, not " + smallBytes);
        require(largeBytes >= 1, "outstanding large bytes are 1 or more, not " + largeBytes);
        require(maxFrameBytes >= 1, "a frame may have 1 byte or more, not " + maxFrameBytes);
        require(
                smallUnderWay >= 1
                        && largeUnderWay >= 1
                        && Integer.bitCount(smallUnderWay) == 1
                        && Integer.bitCount(largeUnderWay) == 1,
                "frames under way are powers of two, not " + smallUnderWay + " and " + largeUnderWay);
        require(resendAfter.toMillis() >= 1, "a millisecond must pass before a frame is sent again");
        require(maxResendAfter.compareTo(resendAfter) >= 0, "resending may not become faster by waiting");
        require(handshakeInterval.toMillis() >= 1, "a millisecond must pass between handshakes");
    }

    SendWindow.Limits window(Channel channel) {
        long bytes = channel == Channel.SMALL ? smallBytes : largeBytes;
        return new SendWindow.Limits(
                bytes,
                channel == Channel.SMALL ? smallUnderWay : largeUnderWay,
                bytes / 2,
                resendAfter.toMillis(),
                maxResendAfter.toMillis());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
