package dev.parley.network;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.consensus.ValidatorId;
import org.jspecify.annotations.Nullable;

/**
 * Where a validator listens if that differs from the address at which it is reached, behind a proxy for instance; settings {@code bind-host} and
 * {@code bind-port} of a network.
 *
 * @param host or null for that of the address
 * @param port or 0 for that of the address
 */
public record BindAddress(@Nullable String host, int port) {
    /** It does not differ. */
    public static final BindAddress SAME = new BindAddress(null, 0);

    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @param path of the network's settings, with a dot at its end
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static BindAddress of(Config config, String path) {
        String host = config.getString(path + "bind-host");
        int port = config.getInt(path + "bind-port");
        if (port < 0 || port > 65535) {
            throw new ConfigException.BadValue(
                    config.getValue(path + "bind-port").origin(),
                    path + "bind-port",
                    "is 0 (the address's own) to 65535, not " + port);
        }
        return new BindAddress(host.isEmpty() ? null : host, port);
    }

    /** Where who is reached at an address listens. */
    public PeerAddress listensAt(PeerAddress address) {
        return new PeerAddress(host == null ? address.host() : host, port == 0 ? address.port() : port);
    }

    /** The setting that says where a validator listens, and what it says. */
    public String whereListens(String path, ValidatorId self, PeerAddress address) {
        String setting = port != 0 ? "bind-port" : host != null ? "bind-host" : "addresses";
        return path + setting + " has " + listensAt(address) + " for " + self;
    }
}
