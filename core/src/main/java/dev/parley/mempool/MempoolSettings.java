package dev.parley.mempool;

import dev.parley.app.SessionTable;
import dev.parley.log.Command;
import dev.parley.log.CommandBatch;
import java.time.Duration;

/**
 * The bounds of one pool.
 *
 * @param maxCommands the most commands that wait, at least 1
 * @param maxBytes the most bytes of encoded commands that wait
 * @param maxPeerCommands the most of these commands that one peer may have brought
 * @param maxPeerBytes the most of these bytes that one peer may have brought
 * @param maxCommandBytes the most bytes that one encoded command has; a block with a larger one is refused
 * @param maxBlockCommands the most commands in a block, at most {@link CommandBatch#MAX_COMMANDS}; a block of more is refused
 * @param maxBlockBytes the most bytes of an encoded payload without its evidence, at least {@code maxCommandBytes} and the payload's header
 * @param maxUndecidedBlocks the most undecided blocks that are remembered, but for those on the branch in use; the oldest is
 *     forgotten first
 * @param maxAhead how far block time may be ahead of this validator's clock
 * @param maxBehind how far block time may be behind this validator's clock
 * @param maxSessions the most client sessions, the same at all validators
 * @param maxLifetime how far ahead a command's expiry may lie, the same at all validators
 */
public record MempoolSettings(
        int maxCommands,
        long maxBytes,
        int maxPeerCommands,
        long maxPeerBytes,
        int maxCommandBytes,
        int maxBlockCommands,
        int maxBlockBytes,
        int maxUndecidedBlocks,
        Duration maxAhead,
        Duration maxBehind,
        int maxSessions,
        Duration maxLifetime) {
    public MempoolSettings {
        require(maxCommands >= 1, "max-commands is 1 or more, not " + maxCommands);
        require(maxBytes >= maxCommandBytes, "max-bytes holds at least one command of max-command-bytes");
        require(maxPeerCommands >= 1 && maxPeerCommands <= maxCommands, "max-peer-commands is 1 to max-commands");
        require(
                maxPeerBytes >= maxCommandBytes && maxPeerBytes <= maxBytes,
                "max-peer-bytes is a command to max-bytes");
        require(
                maxCommandBytes >= Command.HEADER_BYTES
                        && maxCommandBytes <= Command.MAX_CONTENT_BYTES + Command.HEADER_BYTES,
                "max-command-bytes is out of bounds: " + maxCommandBytes);
        require(
                maxBlockCommands >= 1 && maxBlockCommands <= CommandBatch.MAX_COMMANDS,
                "max-block-commands is 1 to " + CommandBatch.MAX_COMMANDS + ", not " + maxBlockCommands);
        require(maxBlockBytes >= maxCommandBytes + 64, "max-block-bytes is at least max-command-bytes and 64");
        require(maxUndecidedBlocks >= 1, "max-undecided-blocks is 1 or more, not " + maxUndecidedBlocks);
        require(!maxAhead.isNegative() && !maxBehind.isNegative(), "the bounds on block time are zero or more");
        require(maxSessions >= 1, "max-sessions is 1 or more, not " + maxSessions);
        require(maxLifetime.isPositive(), "max-lifetime is more than zero");
    }

    /**
     * 100,000 commands and 64 MiB, of which peers together may fill three quarters; blocks of 4,096 commands and 4 MiB.
     *
     * @param validators how many validators there are
     */
    public static MempoolSettings of(int validators) {
        int peers = Math.max(1, validators - 1);
        return new MempoolSettings(
                100_000,
                64L << 20,
                75_000 / peers,
                Math.max((48L << 20) / peers, 1L << 20),
                1 << 20,
                4096,
                4 << 20,
                64,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                SessionTable.MAX_SESSIONS,
                Duration.ofMillis(SessionTable.MAX_LIFETIME_MILLIS));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("parley.mempool: " + otherwise);
        }
    }
}
