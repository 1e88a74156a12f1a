package dev.parley.app;

import dev.parley.log.ClientId;

/**
 * All that a command may know besides the state: the same at every validator.
 *
 * @param height the block's height, from 1
 * @param index the command's place in its block, from 0
 * @param blockTimeMillis milliseconds since 1970 as agreed for the block; never less than the block's before
 * @param client the session that the command is of. Where it {@link ClientId#isOfKey}, whoever holds the session's key sent it; else anybody may have
 */
public record Context(long height, int index, long blockTimeMillis, ClientId client) {}
