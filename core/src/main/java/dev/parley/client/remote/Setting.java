package dev.parley.client.remote;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;

/** Reads settings that have bounds, so that every wrong one is told with its name, its value and what it may be. */
record Setting(Config config, String path) {
    int number(String name, int min, int max) {
        int value = config.getInt(path + "." + name);
        if (value < min || value > max) {
            throw bad(name, "is " + min + " to " + max + ", not " + value);
        }
        return value;
    }

    int bytes(String name, int min, int max) {
        long value = config.getBytes(path + "." + name);
        if (value < min || value > max) {
            throw bad(name, "is " + min + " to " + max + " bytes, not " + value);
        }
        return (int) value;
    }

    Duration duration(String name) {
        Duration value = config.getDuration(path + "." + name);
        if (value.toMillis() < 1) {
            throw bad(name, "is a millisecond or more, not " + value);
        }
        return value;
    }

    boolean flag(String name) {
        return config.getBoolean(path + "." + name);
    }

    String text(String name) {
        return config.getString(path + "." + name);
    }

    private ConfigException bad(String name, String what) {
        return new ConfigException.BadValue(config.getValue(path + "." + name).origin(), path + "." + name, what);
    }
}
