package dev.parley.app;

/**
 * What the application may know of a block as a whole, besides the state.
 *
 * @param height the block's, from 1
 * @param blockTimeMillis milliseconds since 1970 as agreed, or proposed, for the block
 */
public record BlockContext(long height, long blockTimeMillis) {}
