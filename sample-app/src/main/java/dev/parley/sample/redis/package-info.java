/**
 * The Redis protocol (RESP2) on sockets, in front of anything that executes a {@link dev.parley.sample.store.Batch}. Keeps each
 * connection's order, holds back sockets that send or fail to read too much, and knows nothing of consensus. Begin with
 * {@link dev.parley.sample.redis.RedisServer}.
 */
@NullMarked
package dev.parley.sample.redis;

import org.jspecify.annotations.NullMarked;
