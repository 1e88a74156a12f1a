package dev.parley.client;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.app.SessionTable;
import java.time.Duration;

/**
 * What a client can be told; part {@code parley.client} of the configuration.
 *
 * @param commandLifetime how long a command may be executed after it was submitted, by block time
 * @param attemptTimeout how long one validator may take before the next is asked
 * @param maxOutstanding the farthest that the newest command may be ahead of the oldest without an answer, below
 *     {@link SessionTable#WINDOW}; more wait in the client
 * @param sessionKey whether each session has a key of its own and signs its commands, so that nobody else can submit under its id
 */
public record ClientSettings(
        Duration commandLifetime, Duration attemptTimeout, int maxOutstanding, boolean sessionKey) {
    public static ClientSettings of(Config config) {
        Config client = config.getConfig("parley.client");
        int maxOutstanding = client.getInt("max-outstanding");
        if (maxOutstanding < 1 || maxOutstanding >= SessionTable.WINDOW) {
            throw new ConfigException.BadValue(
                    client.origin(),
                    "parley.client.max-outstanding",
                    "is 1 to " + (SessionTable.WINDOW - 1) + ", not " + maxOutstanding);
        }
        return new ClientSettings(
                client.getDuration("command-lifetime"),
                client.getDuration("attempt-timeout"),
                maxOutstanding,
                client.getBoolean("session-key"));
    }
}
