package dev.parley.sample.store;

import dev.parley.log.Command;
import java.util.List;

/**
 * What one connection has pipelined, executed together and in order: the command of the log. A connection has one batch
 * outstanding, and what gathers meanwhile is its next.
 *
 * @param requests at most {@link #MAX_REQUESTS}, of {@link #MAX_BYTES} together once encoded; copied
 */
public record Batch(List<Request> requests) {
    public static final int MAX_REQUESTS = 1 << 16;
    /** The encoded size, in bytes. */
    public static final int MAX_BYTES = Command.MAX_CONTENT_BYTES;
    /** What a batch takes besides its requests, in bytes, at most. */
    public static final int OVERHEAD_BYTES = 5;

    public Batch {
        requests = List.copyOf(requests);
        if (requests.size() > MAX_REQUESTS) {
            throw new IllegalArgumentException(
                    "a batch has at most " + MAX_REQUESTS + " requests, not " + requests.size());
        }
    }

    /** The encoded size in bytes. */
    public long sizeBytes() {
        long size = Lengths.sizeBytes(requests.size());
        for (Request request : requests) {
            size += request.sizeBytes();
        }
        return size;
    }
}
