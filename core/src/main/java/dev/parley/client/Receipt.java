package dev.parley.client;

import dev.parley.consensus.BlockId;

/**
 * What a client knows once its command is executed.
 *
 * @param height the block's height
 * @param index the command's place in the block
 * @param <R> results
 */
public record Receipt<R>(R result, long height, int index, BlockId block) {}
