package dev.parley.sample.store;

import java.util.List;

/**
 * The answers to a batch, in its order. They may be fewer than the requests, though never none: once the answers have reached
 * {@link #MAX_BYTES} the rest of the batch is left unexecuted, to be sent again as a batch of its own, so that a small batch cannot
 * ask for any amount of memory.
 *
 * @param replies copied
 */
public record Replies(List<Reply> replies) {
    /** What the encoded replies of a batch may reach before the batch is cut short, and the most for one reply: 8 MiB. */
    public static final int MAX_BYTES = 8 << 20;

    public Replies {
        replies = List.copyOf(replies);
    }
}
