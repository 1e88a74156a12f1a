package dev.parley.admin;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;

/**
 * Where to listen for operators, read from {@code parley.admin}.
 *
 * @param port 0 for any that is free
 * @param faults whether peers may be cut off on demand
 * @param connectionLifetime how long a connection may last, whatever it asks
 */
public record AdminSettings(String host, int port, boolean faults, Duration connectionLifetime) {
    private static final int LAST_PORT = 65_535;

    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static AdminSettings of(Config config) {
        Config admin = config.getConfig("parley.admin");
        int port = admin.getInt("port");
        if (port < 0 || port > LAST_PORT) {
            throw new ConfigException.BadValue(
                    admin.getValue("port").origin(), "parley.admin.port", "is 0 to 65535, not " + port);
        }
        Duration lifetime = admin.getDuration("connection-lifetime");
        if (lifetime.toMillis() < 1) {
            throw new ConfigException.BadValue(
                    admin.getValue("connection-lifetime").origin(),
                    "parley.admin.connection-lifetime",
                    "is 1 ms or more, not " + lifetime);
        }
        return new AdminSettings(admin.getString("host"), port, admin.getBoolean("faults"), lifetime);
    }
}
