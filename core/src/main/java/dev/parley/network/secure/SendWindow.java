package dev.parley.network.secure;

import dev.parley.consensus.Topic;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one peer is still to get, or has not acknowledged yet, on one channel; bounded in bytes.
 *
 * <p>Frames wait until there is room among those that are under way. Then each gets its number, and is kept until it is acknowledged; it is
 * sent again when the peer says that there is a gap, when nothing was acknowledged for a while, and when there is a new session. A frame that
 * waits is dropped as soon as there are enough newer ones of its {@link Topic}, which move up by a place each; and when the bound is reached,
 * the one that has waited longest: what a peer that comes back can use is the present, it fetches the past by catch-up. Frames are numbered only when they are
 * first sent, so that dropping leaves no gap in the numbers.
 *
 * <p>How many frames may be under way begins low with a new session or after a time-out, and doubles with each acknowledgement, up to
 * the limit. Not thread-safe; time is any monotonic count of milliseconds.
 */
public final class SendWindow {
    private static final int FIRST_BURST = 16;
    /** Time-outs grow with what is under way, as if a link had some 4 MB/s. */
    private static final int BYTES_PER_MILLI = 4096;

    /**
     * @param bytes the bound on what waits and what is under way together
     * @param framesUnderWay a power of two; so that no queue below overflows
     * @param bytesUnderWay a single frame may be over it
     */
    public record Limits(long bytes, int framesUnderWay, long bytesUnderWay, long resendMillis, long maxResendMillis) {
        public Limits {
            if (Integer.bitCount(framesUnderWay) != 1) {
                throw new IllegalArgumentException(
                        "the frames under way are a power of two, not at most " + framesUnderWay);
            }
        }
    }

    /** A frame and its place in the order of its channel, 1 and up. */
    public record Numbered(long number, Frame frame) {}

    /** All frames that have none. */
    private static final Topic NO_TOPIC = new Topic(SendWindow.class, Integer.MAX_VALUE);

    /** @param arrival rises from frame to frame */
    private record Waiting(long arrival, Frame frame) {}

    private final Limits limits;
    /** Whose turn it is to be sent, in order: of each topic the frame that came first. */
    private final ArrayDeque<Topic> turns = new ArrayDeque<>();

    /** What waits of each topic, in the order in which it came; as much as the topic has turns. */
    private final Map<Topic, ArrayDeque<Waiting>> waiting = new LinkedHashMap<>();

    private long arrivals;

    private final @Nullable Frame[] underWay;
    /** The oldest that is not acknowledged, the next to be sent or sent again, the next new number. */
    private long first = 1;

    private long cursor = 1;
    private long end = 1;
    private long bytes;
    private long bytesUnderWay;
    private int burst = FIRST_BURST;
    private long timeout;
    private long since;
    private long rewoundAt;

    public SendWindow(Limits limits) {
        this.limits = limits;
        this.underWay = new Frame[limits.framesUnderWay()];
        this.timeout = limits.resendMillis();
    }

    /**
     * @return how many frames were dropped, this one perhaps among them; one that it supersedes, as its topic keeps one, is not counted
     */
    public int offer(Frame frame) {
        if (bytesUnderWay + frame.cost() > limits.bytes()) {
            return 1;
        }
        bytes += frame.cost();
        int dropped = 0;
        Topic topic = frame.topic() == null ? NO_TOPIC : frame.topic();
        ArrayDeque<Waiting> ofTopic = of(topic);
        ofTopic.add(new Waiting(arrivals++, frame));
        if (ofTopic.size() > topic.newest()) {
            bytes -= ofTopic.remove().frame().cost();
            dropped += topic.newest() == 1 ? 0 : 1;
        } else {
            turns.add(topic);
        }
        while (bytes > limits.bytes()) {
            dropOldest();
            dropped++;
        }
        return dropped;
    }

    private ArrayDeque<Waiting> of(Topic topic) {
        return waiting.computeIfAbsent(topic, unused -> new ArrayDeque<>());
    }

    /** The one that has waited longest, which need not be the next: one that moved up may be newer than those behind it. */
    private void dropOldest() {
        Map.Entry<Topic, ArrayDeque<Waiting>> oldest = waiting.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .min(Comparator.comparingLong(
                        entry -> entry.getValue().element().arrival()))
                .orElseThrow();
        bytes -= oldest.getValue().remove().frame().cost();
        turns.removeFirstOccurrence(oldest.getKey());
    }

    /** The next frame to be transmitted now, or null. */
    public @Nullable Numbered next(long now) {
        if (cursor > first && now - since >= timeout + bytesUnderWay / BYTES_PER_MILLI) {
            rewind(now, 1);
            timeout = Math.min(2 * timeout, limits.maxResendMillis());
        }
        if (cursor - first >= burst) {
            return null;
        }
        if (cursor == end && !takeOneMore()) {
            return null;
        }
        if (cursor == first) {
            since = now;
        }
        Frame frame = underWay[slot(cursor)];
        return frame == null ? null : new Numbered(cursor++, frame);
    }

    /**
     * @param next all below have arrived
     * @param gap whether some of what is above has arrived and was dropped
     * @return false if that can't be, as it was never sent
     */
    public boolean acknowledged(long next, boolean gap, long now) {
        if (next > end) {
            return false;
        }
        if (next > first) {
            for (; first < next; first++) {
                Frame frame = underWay[slot(first)];
                if (frame != null) {
                    bytes -= frame.cost();
                    bytesUnderWay -= frame.cost();
                    underWay[slot(first)] = null;
                }
            }
            cursor = Math.max(cursor, first);
            burst = Math.min(2 * burst, limits.framesUnderWay());
            timeout = limits.resendMillis();
            since = now;
        }
        if (gap && next == first && rewoundAt != first) {
            // Once for each gap: if what is sent again is lost too, the time-out is next.
            rewoundAt = first;
            cursor = first;
        }
        return true;
    }

    /** The peer may have missed all that is under way. */
    public void newSession(long now) {
        rewind(now, FIRST_BURST);
        timeout = limits.resendMillis();
    }

    /** The lowest number that is still kept, or the next one. */
    public long first() {
        return first;
    }

    public boolean isEmpty() {
        return bytes == 0;
    }

    /** What waits and what is under way, with what it costs to hold it. */
    public long bytes() {
        return bytes;
    }

    private boolean takeOneMore() {
        Topic turn = turns.peek();
        if (turn == null || end - first >= limits.framesUnderWay()) {
            return false;
        }
        Frame frame = of(turn).element().frame();
        if (end > first && bytesUnderWay + frame.cost() > limits.bytesUnderWay()) {
            return false;
        }
        turns.remove();
        of(turn).remove();
        underWay[slot(end)] = frame;
        bytesUnderWay += frame.cost();
        end++;
        return true;
    }

    private void rewind(long now, int newBurst) {
        cursor = first;
        burst = newBurst;
        since = now;
        rewoundAt = 0;
    }

    private int slot(long number) {
        return (int) (number & (limits.framesUnderWay() - 1));
    }
}
