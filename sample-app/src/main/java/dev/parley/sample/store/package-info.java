/**
 * A replicated store of strings, lists, sets and hashes with the commands of Redis, as a deterministic state machine: no clock but
 * block time, no order but that of insertion. One family of commands is one class. Knows nothing of sockets. Begin with
 * {@link dev.parley.sample.store.RedisStore}.
 */
@NullMarked
package dev.parley.sample.store;

import org.jspecify.annotations.NullMarked;
