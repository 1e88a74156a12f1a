package dev.parley.network;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where a validator is reached by the others: a host and a port. */
public record PeerAddress(String host, int port) {
    /** @throws IllegalArgumentException that says what is wrong */
    public static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + text + "' is no host:port");
        }
        int port;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' does not end in a port number", e);
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("the port of '" + text + "' is not 1 to 65535");
        }
        return new PeerAddress(text.substring(0, colon), port);
    }

    /**
     * By index.
     *
     * @param name of the setting that has them, whole
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static List<PeerAddress> list(Config config, String name) {
        List<PeerAddress> addresses = new ArrayList<>();
        Map<PeerAddress, Integer> owners = new HashMap<>();
        for (String text : config.getStringList(name)) {
            PeerAddress address;
            try {
                address = parse(text);
            } catch (IllegalArgumentException e) {
                throw bad(config, name, e.getMessage() + "; give host:port for each validator");
            }
            Integer other = owners.putIfAbsent(address, addresses.size());
            if (other != null) {
                throw bad(
                        config,
                        name,
                        "names " + address + " for validators " + other + " and " + addresses.size()
                                + "; each needs its own");
            }
            addresses.add(address);
        }
        return addresses;
    }

    /**
     * Holds addresses against the validator set.
     *
     * @param name of the setting that has them
     * @throws IllegalArgumentException that says what to do
     */
    public static void requireOneEach(String name, List<PeerAddress> addresses, ValidatorSet validators) {
        if (addresses.size() != validators.size()) {
            throw new IllegalArgumentException(name + " has " + addresses.size() + " entries and there are "
                    + validators.size() + " validators; give one host:port for each, in the order of their indices");
        }
    }

    private static ConfigException bad(Config config, String name, String what) {
        return new ConfigException.BadValue(config.getValue(name).origin(), name, what);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
