package dev.parley.client.remote;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.log.Command;
import java.time.Duration;

/**
 * Where to listen for clients, and the bounds on what they can make the server hold; part {@code parley.client-server} of the
 * configuration.
 *
 * @param tls whether the validator shows its key and all is encrypted
 * @param host a name or address of this machine; clients are not asked who they are
 * @param port 0 for any that is free
 * @param threads event loops
 * @param maxConnections further ones are told so and closed
 * @param maxConnectionsPerAddress of these, from one address
 * @param maxCommandBytes the largest content of a command: that of the pool, {@code parley.mempool.max-command-bytes}
 * @param maxOutstanding appends of one connection without an answer before its socket is held back
 * @param maxOutstandingBytes of such appends; one read of the socket, of at most 64 KiB or one command, may go beyond both
 * @param maxUnfinishedBytes what all connections together hold of large frames that are not complete; a command at least
 * @param pageBytes of payload in one page of entries; a page has one entry at least
 * @param helloTimeout until a connection has said what it is
 * @param frameTimeout until a frame that has begun is complete
 * @param idleTimeout how long a connection may do nothing
 * @param stallTimeout how long a client may leave its answers unread
 * @param readWait how long a request for entries that are still to come waits before it is answered with none
 * @param heightInterval how often, at the most, clients are told the height
 * @param heartbeat how often they are told even though it has not changed
 */
public record ClientServerSettings(
        boolean tls,
        String host,
        int port,
        int threads,
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxCommandBytes,
        int maxOutstanding,
        int maxOutstandingBytes,
        int maxUnfinishedBytes,
        int pageBytes,
        Duration helloTimeout,
        Duration frameTimeout,
        Duration idleTimeout,
        Duration stallTimeout,
        Duration readWait,
        Duration heightInterval,
        Duration heartbeat) {
    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static ClientServerSettings of(Config config) {
        Setting server = new Setting(config, "parley.client-server");
        int maxCommandBytes =
                new Setting(config, "parley.mempool").bytes("max-command-bytes", 1, Command.MAX_CONTENT_BYTES);
        return new ClientServerSettings(
                server.flag("tls"),
                server.text("host"),
                server.number("port", 0, 65535),
                server.number("threads", 1, 64),
                server.number("max-connections", 1, 1 << 20),
                server.number("max-connections-per-address", 1, 1 << 20),
                maxCommandBytes,
                server.number("max-outstanding", 1, 1 << 20),
                server.bytes("max-outstanding-bytes", 1, 1 << 30),
                server.bytes("max-unfinished-bytes", maxCommandBytes + ClientCodec.APPEND_OVERHEAD_BYTES, 1 << 30),
                server.bytes("page-bytes", 1, ClientCodec.MAX_ANSWER_BYTES / 4),
                server.duration("hello-timeout"),
                server.duration("frame-timeout"),
                server.duration("idle-timeout"),
                server.duration("stall-timeout"),
                server.duration("read-wait"),
                server.duration("height-interval"),
                server.duration("heartbeat"));
    }

    /** What one frame of a client may have. */
    int maxFrameBytes() {
        return maxCommandBytes + ClientCodec.APPEND_OVERHEAD_BYTES;
    }

    /** How often a connection looks whether one of its time-outs has passed. */
    Duration checkInterval() {
        Duration shortest = helloTimeout;
        for (Duration other : new Duration[] {frameTimeout, idleTimeout, stallTimeout}) {
            shortest = other.compareTo(shortest) < 0 ? other : shortest;
        }
        return Duration.ofMillis(Math.clamp(shortest.toMillis() / 4, 5, 1000));
    }
}
