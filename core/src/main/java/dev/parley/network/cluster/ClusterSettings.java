package dev.parley.network.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.ValidatorSet;
import dev.parley.network.BindAddress;
import dev.parley.network.PeerAddress;
import dev.parley.network.PeerCodec;
import dev.parley.network.secure.LinkSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a validator that reaches its peers over Pekko's remoting can be told; part {@code parley.network.cluster} of the
 * configuration.
 *
 * @param addresses where each validator is reached, by index; the same at all validators
 * @param bind where this one listens
 * @param membership whether the processes form a Pekko cluster, for {@link ClusterView}
 * @param largeFrom frames of so many bytes go by the way for large ones
 * @param tls the files for TLS, or null without
 * @param link bounds and times of each link
 * @param tick how often acknowledgements that are due are sent and time-outs are looked for
 */
public record ClusterSettings(
        List<PeerAddress> addresses,
        BindAddress bind,
        boolean membership,
        int largeFrom,
        @Nullable Tls tls,
        LinkSettings link,
        Duration tick) {
    private static final String PATH = "parley.network.cluster.";
    private static final String VALIDATOR_DISPATCHER = "parley.validator-dispatcher";
    private static final int MAX_LARGE_FROM = 192 << 10;
    private static final int MIN_MAX_FRAME = 1 << 20;
    /** Below the bounds of Pekko's queues, which {@link #systemConfig} sets, so that those never overflow. */
    private static final int SMALL_UNDER_WAY = 2048;

    private static final int LARGE_UNDER_WAY = 256;

    public ClusterSettings {
        addresses = List.copyOf(addresses);
    }

    /** PEM files: this validator's private key (PKCS #8), its certificate, and that of the authority that signed all of them. */
    public record Tls(Path key, Path certificate, Path authority) {}

    /**
     * @param config whole, with Parley's {@code reference.conf} beneath
     * @throws ConfigException that names the setting, its value and what it may be
     */
    public static ClusterSettings of(Config config) {
        Config cluster = config.getConfig("parley.network.cluster");
        BindAddress bind = BindAddress.of(config, PATH);
        long largeFrom = cluster.getBytes("large-from");
        if (largeFrom < 1 || largeFrom > MAX_LARGE_FROM) {
            throw bad(cluster, "large-from", "is 1 byte to 192 KiB, not " + largeFrom + " bytes");
        }
        return new ClusterSettings(
                PeerAddress.list(config, PATH + "addresses"),
                bind,
                cluster.getBoolean("membership"),
                (int) largeFrom,
                tls(cluster),
                link(cluster),
                positive(cluster, "tick"));
    }

    /**
     * Holds the addresses against the validator set.
     *
     * @throws IllegalArgumentException that says what to do
     */
    public void requireFor(ValidatorSet validators) {
        PeerAddress.requireOneEach(PATH + "addresses", addresses, validators);
    }

    public PeerAddress address(ValidatorId validator) {
        if (validator.index() >= addresses.size()) {
            throw new IllegalArgumentException(PATH + "addresses has " + addresses.size()
                    + " entries, none for validator " + validator.index() + "; give one host:port for each");
        }
        return addresses.get(validator.index());
    }

    /** The setting that says where a validator listens, and what it says. */
    String whereListens(ValidatorId self) {
        return bind.whereListens(PATH, self, address(self));
    }

    /**
     * The configuration for the actor system of one validator, named {@link ClusterNetwork#SYSTEM_NAME}.
     *
     * @param base whatever else the actor system is to know, whole
     */
    public Config systemConfig(ValidatorId self, Config base) {
        PeerAddress own = address(self);
        Map<String, Object> artery = new HashMap<>();
        artery.put("enabled", "on");
        artery.put("transport", tls == null ? "tcp" : "tls-tcp");
        artery.put("canonical.hostname", own.host());
        artery.put("canonical.port", own.port());
        artery.put("bind.hostname", bind.host() == null ? "" : bind.host());
        artery.put("bind.port", bind.port() == 0 ? "" : String.valueOf(bind.port()));
        artery.put("large-message-destinations", List.of(ClusterNetwork.LARGE_PATH));
        artery.put("untrusted-mode", "on");
        artery.put(
                "trusted-selection-paths",
                membership
                        ? List.of(
                                "/system/cluster/core/daemon",
                                "/system/cluster/heartbeatReceiver",
                                "/system/distributedPubSubMediator",
                                "/system/clusterReceptionist/replicator")
                        : List.of());
        artery.put("advanced.maximum-frame-size", "256 KiB");
        artery.put("advanced.maximum-large-frame-size", link.maxFrameBytes() + (64 << 10) + " B");
        artery.put("advanced.large-buffer-pool-size", 2);
        // A message from a peer is handed from thread to thread as seldom as can be: on a machine with few cores that
        // is most of its cost.
        artery.put("advanced.inbound-lanes", 1);
        artery.put("advanced.use-dispatcher", VALIDATOR_DISPATCHER);
        // No tables of what is sent often. A message that comes before the endpoints are there is for nobody, a table
        // names that address too, and peers then send all to nobody, for good. And who restarts does not know the
        // tables
        // of its former self, by which peers may go on for a minute.
        artery.put("advanced.compression.actor-refs.max", 0);
        artery.put("advanced.compression.manifests.max", 0);
        artery.put("advanced.outbound-message-queue-size", 2 * SMALL_UNDER_WAY);
        artery.put("advanced.outbound-large-message-queue-size", 2 * LARGE_UNDER_WAY);
        if (tls != null) {
            artery.put(
                    "ssl.ssl-engine-provider", "org.apache.pekko.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider");
            artery.put("ssl.rotating-keys-engine.key-file", tls.key().toString());
            artery.put("ssl.rotating-keys-engine.cert-file", tls.certificate().toString());
            artery.put("ssl.rotating-keys-engine.ca-cert-file", tls.authority().toString());
        }
        Map<String, Object> settings = new HashMap<>();
        artery.forEach((key, value) -> settings.put("pekko.remote.artery." + key, value));
        settings.put("pekko.actor.provider", membership ? "cluster" : "remote");
        settings.put("pekko.actor.internal-dispatcher", VALIDATOR_DISPATCHER);
        settings.put("pekko.actor.allow-java-serialization", "off");
        settings.put("pekko.remote.warn-about-direct-use", "off");
        if (membership) {
            settings.put(
                    "pekko.cluster.seed-nodes",
                    addresses.stream()
                            .map(address -> "pekko://" + ClusterNetwork.SYSTEM_NAME + "@" + address)
                            .toList());
            settings.put("pekko.cluster.downing-provider-class", "");
            settings.put("pekko.cluster.run-coordinated-shutdown-when-down", "off");
            settings.put("pekko.cluster.shutdown-after-unsuccessful-join-seed-nodes", "off");
        }
        return ConfigFactory.parseMap(settings, "validator " + self.index() + " in a cluster")
                .withFallback(base);
    }

    private static @Nullable Tls tls(Config cluster) {
        if (!cluster.getBoolean("tls.enabled")) {
            return null;
        }
        return new Tls(
                file(cluster, "tls.key-file"),
                file(cluster, "tls.certificate-file"),
                file(cluster, "tls.authority-file"));
    }

    private static Path file(Config cluster, String name) {
        String text = cluster.getString(name);
        if (text.isEmpty()) {
            throw bad(cluster, name, "is empty, and TLS is on; name a PEM file, or set tls.enabled = off");
        }
        // Relative to the file that names it, as all paths are.
        String namedIn = cluster.getValue(name).origin().filename();
        Path folder = namedIn == null ? null : Path.of(namedIn).toAbsolutePath().getParent();
        Path path = folder == null ? Path.of(text) : folder.resolve(text);
        if (!Files.isReadable(path)) {
            throw bad(cluster, name, "names " + path + ", which can't be read; name a readable PEM file");
        }
        return path;
    }

    private static LinkSettings link(Config cluster) {
        Duration resendAfter = positive(cluster, "resend-after");
        Duration maxResendAfter = positive(cluster, "max-resend-after");
        if (maxResendAfter.compareTo(resendAfter) < 0) {
            throw bad(
                    cluster,
                    "max-resend-after",
                    "is " + maxResendAfter + ", less than resend-after, " + resendAfter + "; give at least that");
        }
        long maxFrameBytes = cluster.getBytes("max-frame-bytes");
        if (maxFrameBytes < MIN_MAX_FRAME || maxFrameBytes > PeerCodec.MAX_FRAME_BYTES) {
            throw bad(cluster, "max-frame-bytes", "is 1 MiB to 32 MiB, not " + maxFrameBytes + " bytes");
        }
        long inbound = cluster.getBytes("inbound-bytes");
        if (inbound < maxFrameBytes + (1 << 20)) {
            throw bad(
                    cluster,
                    "inbound-bytes",
                    "is at least 1 MiB more than max-frame-bytes, " + maxFrameBytes + ", not " + inbound);
        }
        return new LinkSettings(
                outstanding(cluster, "outstanding-small-bytes"),
                outstanding(cluster, "outstanding-large-bytes"),
                (int) maxFrameBytes,
                SMALL_UNDER_WAY,
                LARGE_UNDER_WAY,
                resendAfter,
                maxResendAfter,
                positive(cluster, "handshake-interval"));
    }

    private static long outstanding(Config cluster, String name) {
        long bytes = cluster.getBytes(name);
        if (bytes < 1 << 20) {
            throw bad(cluster, name, "is 1 MiB or more, not " + bytes + " bytes");
        }
        return bytes;
    }

    private static Duration positive(Config cluster, String name) {
        Duration duration = cluster.getDuration(name);
        if (duration.toMillis() < 1) {
            throw bad(cluster, name, "is 1 ms or more, not " + duration);
        }
        return duration;
    }

    private static ConfigException bad(Config cluster, String name, String what) {
        return new ConfigException.BadValue(cluster.getValue(name).origin(), PATH + name, what);
    }
}
