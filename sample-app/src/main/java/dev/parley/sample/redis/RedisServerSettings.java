package dev.parley.sample.redis;

import java.time.Duration;

/**
 * Where to listen, and the bounds on what clients can make the server hold.
 *
 * @param host a name or address of this machine; the protocol has no authentication here, so think before it is not loopback
 * @param port 0 for any that is free
 * @param threads event loops, 1 to 64
 * @param maxConnections further ones are told so and closed
 * @param maxQueuedRequests of one connection, answered or not, before its socket is held back
 * @param maxQueuedBytes of one connection's requests before its socket is held back; one request may go beyond
 * @param busyPatience how long in all a batch waits for room in the validators' pools before it is answered with {@code -BUSY}
 * @param requestTimeout how long a request that has begun may take to come whole, while its connection is read
 */
public record RedisServerSettings(
        String host,
        int port,
        int threads,
        int maxConnections,
        int maxQueuedRequests,
        int maxQueuedBytes,
        Duration busyPatience,
        Duration requestTimeout) {
    public RedisServerSettings {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
        if (threads < 1 || threads > 64) {
            throw new IllegalArgumentException("event loop threads are 1 to 64, not " + threads);
        }
        if (requestTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("a request may take 1 ms or more, not " + requestTimeout);
        }
        if (maxConnections < 1 || maxQueuedRequests < 1 || maxQueuedBytes < 1 || busyPatience.isNegative()) {
            throw new IllegalArgumentException("every bound of a Redis server is 1 or more");
        }
    }

    /** On loopback with one thread, 10,000 connections, and 4,096 requests of 4 MiB together queued for each; patient for 5 s, and 30 s for a request. */
    public static RedisServerSettings onLoopback(int port) {
        return new RedisServerSettings(
                "127.0.0.1", port, 1, 10_000, 4096, 4 << 20, Duration.ofSeconds(5), Duration.ofSeconds(30));
    }
}
