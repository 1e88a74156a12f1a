package dev.parley.client.remote;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;

/**
 * How a client deals with its connections; part {@code parley.client.remote} of the configuration. Each bound is for one validator.
 *
 * @param tls whether validators must show their keys, and all is encrypted; as at the validators
 * @param connectTimeout until a connection is there and the validator has greeted
 * @param minBackoff after the first failure; doubled after each further one, drawn from its upper half
 * @param maxBackoff the longest that a validator is not tried again
 * @param maxOutstanding requests without an answer; over it they are refused as busy
 * @param maxOutstandingBytes of such requests, likewise
 * @param requestTimeout after which a request without an answer is given up
 * @param silenceTimeout how long a validator that owes an answer may say nothing at all before the connection is given up; longer than
 *     the server's {@code heartbeat}
 */
public record RemoteSettings(
        boolean tls,
        Duration connectTimeout,
        Duration minBackoff,
        Duration maxBackoff,
        int maxOutstanding,
        int maxOutstandingBytes,
        Duration requestTimeout,
        Duration silenceTimeout) {
    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static RemoteSettings of(Config config) {
        Setting remote = new Setting(config, "parley.client.remote");
        return new RemoteSettings(
                remote.flag("tls"),
                remote.duration("connect-timeout"),
                remote.duration("min-backoff"),
                remote.duration("max-backoff"),
                remote.number("max-outstanding", 1, 1 << 20),
                remote.bytes("max-outstanding-bytes", 1, 1 << 30),
                remote.duration("request-timeout"),
                remote.duration("silence-timeout"));
    }
}
