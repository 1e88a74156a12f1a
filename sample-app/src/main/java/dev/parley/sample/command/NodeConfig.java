package dev.parley.sample.command;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that {@code parley init} wrote. */
final class NodeConfig {
    private NodeConfig() {}

    /** What the validator of this directory is told. */
    static Config read(Path directory) {
        return file(directory.resolve("node.conf"));
    }

    /** What all are told. */
    static Config readShared(Path directory) {
        return file(directory.resolve("cluster.conf"));
    }

    private static Config file(Path file) {
        if (!Files.exists(file)) {
            throw new UsageException("there is no " + file + "; 'parley init' lays out a cluster");
        }
        try {
            return ConfigFactory.parseFile(file.toFile())
                    .withFallback(ConfigFactory.load())
                    .resolve();
        } catch (ConfigException e) {
            throw new FailedException(file + " cannot be read: " + e.getMessage());
        }
    }
}
