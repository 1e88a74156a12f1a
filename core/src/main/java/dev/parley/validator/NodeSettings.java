package dev.parley.validator;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.parley.app.ExecutorSettings;
import dev.parley.mempool.MempoolSettings;
import dev.parley.storage.StorageSettings;
import java.time.Duration;
import java.util.Map;

/** All that one validator can be told, read from {@code parley} in the configuration. */
public record NodeSettings(
        EngineSettings engine,
        MempoolSettings mempool,
        ExecutorSettings execution,
        int rootWindow,
        int inboxMessages,
        long inboxBytes,
        int verifiers,
        Duration regossipAfter,
        StorageSettings storage) {
    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @param validators how many there are, to share the pool among peers
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static NodeSettings of(Config config, int validators) {
        Config validator = config.getConfig("parley.validator");
        Config mempool = config.getConfig("parley.mempool");
        Config execution = config.getConfig("parley.execution");
        double peersShare = mempool.getDouble("peers-share");
        if (!(peersShare > 0 && peersShare <= 1)) {
            throw new ConfigException.BadValue(
                    mempool.origin(), "parley.mempool.peers-share", "is above 0 and at most 1, not " + peersShare);
        }
        int maxCommands = mempool.getInt("max-commands");
        long maxBytes = mempool.getBytes("max-bytes");
        int maxCommandBytes = Math.toIntExact(mempool.getBytes("max-command-bytes"));
        int peers = Math.max(1, validators - 1);
        return new NodeSettings(
                EngineSettings.of(config),
                new MempoolSettings(
                        maxCommands,
                        maxBytes,
                        Math.max(1, (int) (maxCommands * peersShare / peers)),
                        Math.max(maxCommandBytes, (long) (maxBytes * peersShare / peers)),
                        maxCommandBytes,
                        mempool.getInt("max-block-commands"),
                        Math.toIntExact(mempool.getBytes("max-block-bytes")),
                        mempool.getInt("max-undecided-blocks"),
                        mempool.getDuration("max-ahead"),
                        mempool.getDuration("max-behind"),
                        execution.getInt("max-sessions"),
                        execution.getDuration("max-lifetime")),
                new ExecutorSettings(
                        execution.getInt("max-sessions"),
                        execution.getDuration("max-lifetime"),
                        execution.getLong("state-check-interval"),
                        execution.getBytes("max-recent-bytes")),
                execution.getInt("root-window"),
                validator.getInt("inbox-messages"),
                validator.getBytes("inbox-bytes"),
                validator.getInt("verifiers"),
                mempool.getDuration("regossip-after"),
                StorageSettings.of(config));
    }

    /** What must be the same at all validators, by its name in the configuration, each value in one form. */
    public Map<String, String> sharedSettings() {
        return Map.of(
                "parley.mempool.max-command-bytes", Integer.toString(mempool.maxCommandBytes()),
                "parley.mempool.max-block-commands", Integer.toString(mempool.maxBlockCommands()),
                "parley.mempool.max-block-bytes", Integer.toString(mempool.maxBlockBytes()),
                "parley.execution.max-sessions", Integer.toString(execution.maxSessions()),
                "parley.execution.max-lifetime", execution.maxLifetime().toMillis() + " ms",
                "parley.execution.state-check-interval", Long.toString(execution.stateCheckInterval()));
    }
}
