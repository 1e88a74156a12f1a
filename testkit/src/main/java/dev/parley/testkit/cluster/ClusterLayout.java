package dev.parley.testkit.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.parley.consensus.ValidatorId;
import dev.parley.crypto.CertificateAuthority;
import dev.parley.crypto.KeyDirectory;
import dev.parley.crypto.PublicKey;
import dev.parley.storage.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The files of validators in processes of their own on this machine: {@code cluster.conf}, which is the same for all, and for each validator a
 * directory, named by its index, with its keys, its {@code node.conf} and a data directory that is founded. Not thread-safe.
 */
public final class ClusterLayout {
    public static final int PORTS_EACH = 4;
    private static final Duration CERTIFICATE_VALIDITY = Duration.ofDays(3650);
    private static final String TLS = """
              # The authority's key is kept nowhere: a new certificate takes a new authority, and that all have it.
              network.cluster.tls {
                enabled = on
                key-file = "tls.key"
                certificate-file = "tls.pem"
                authority-file = "tls-authority.pem"
              }
            """;
    private static final String SHARED = "cluster.conf";
    private static final String NODE = "node.conf";
    private static final String KEY = "validator.key";
    private static final String THRESHOLD_KEY = "threshold.key";
    private static final String DATA = "data";

    /**
     * Of one validator, on loopback.
     *
     * @param application for whatever the application serves
     */
    public record Ports(int network, int clients, int application, int admin) {}

    private final String protocol;
    private final int validators;
    private String chainId = "parley";
    private @Nullable Integer basePort;
    private @Nullable List<Integer> canonicalPorts;
    private String network = "links";
    private boolean hostsOfTheirOwn;
    private boolean tls;
    private String shared = "";
    private BiFunction<Integer, Ports, String> node = (index, ports) -> "";

    private ClusterLayout(String protocol, int validators) {
        this.protocol = protocol;
        this.validators = validators;
    }

    /** @param validators 4 or more */
    public static ClusterLayout of(String protocol, int validators) {
        return new ClusterLayout(protocol, validators);
    }

    int validators() {
        return validators;
    }

    /** {@code parley} unless this says otherwise. */
    public ClusterLayout chainId(String name) {
        chainId = name;
        return this;
    }

    /** Each validator takes {@link #PORTS_EACH} in a row from here on; any that are free unless this is said. */
    public ClusterLayout basePort(@Nullable Integer port) {
        basePort = port;
        return this;
    }

    /** Validators reach each other at these ports, by index, where {@link LinkProxies} pass on what comes to {@link Ports#network}. */
    ClusterLayout behind(List<Integer> ports) {
        canonicalPorts = List.copyOf(ports);
        return this;
    }

    /** @param kind by which the validators reach each other, {@code links} or {@code cluster}; that unless this is said */
    public ClusterLayout network(String kind) {
        network = kind;
        return this;
    }

    /**
     * Puts each validator on an address of its own of this machine, 127.0.1.1 and on, as on separate hosts: what is counted by host is counted for
     * each. On one address unless this is said; not for validators behind {@link LinkProxies}.
     */
    ClusterLayout hostsOfTheirOwn() {
        hostsOfTheirOwn = true;
        return this;
    }

    /** Has the validators of a {@code cluster} let each other connect by certificates, and nobody else. Not unless this is said. */
    public ClusterLayout tls(boolean on) {
        tls = on;
        return this;
    }

    /** Further settings for all. */
    public ClusterLayout shared(String hocon) {
        shared = hocon;
        return this;
    }

    /** Further settings for each. */
    public ClusterLayout node(BiFunction<Integer, Ports, String> hocon) {
        node = hocon;
        return this;
    }

    /**
     * Writes it all; overwrites nothing.
     *
     * @param directory made if it is not there
     * @return by index
     * @throws ClusterException if a cluster is laid out there already
     * @throws IOException if it cannot be written; what is there is then of no use
     */
    public List<Ports> write(Path directory) throws IOException {
        Path last = directory.resolve(SHARED);
        if (Files.exists(last)) {
            throw new ClusterException(last + " exists already and is never overwritten; choose another directory");
        }
        List<Ports> ports = ports();
        List<PublicKey> keys = new KeyDirectory(
                        i -> own(directory, i).resolve(KEY),
                        i -> own(directory, i).resolve(THRESHOLD_KEY))
                .create(chainId, validators);
        if (hasCertificates()) {
            // Its key is kept nowhere: it would let in anybody.
            CertificateAuthority authority = CertificateAuthority.create(CERTIFICATE_VALIDITY, new SecureRandom());
            for (int i = 0; i < validators; i++) {
                authority.issue(
                        own(directory, i).resolve("tls.key"), own(directory, i).resolve("tls.pem"));
                authority.save(own(directory, i).resolve("tls-authority.pem"));
            }
        }
        String cluster = sharedConf(keys, ports);
        for (int i = 0; i < validators; i++) {
            create(own(directory, i).resolve(SHARED), cluster);
            create(own(directory, i).resolve(NODE), nodeConf(i, ports.get(i)));
            DataDirectory.found(
                    own(directory, i).resolve(DATA),
                    new DataDirectory.Identity(
                            chainId, protocol, new ValidatorId(i), keys.get(i).toString()));
        }
        // Last: with it the cluster is there.
        create(last, cluster);
        return ports;
    }

    /**
     * What all validators of the cluster that is laid out there are told, whole.
     *
     * @throws ClusterException if there is none, or its file is not understood
     */
    public static Config shared(Path cluster) {
        return read(cluster.resolve(SHARED));
    }

    /**
     * What the validator is told whose directory it is, whole.
     *
     * @throws ClusterException if it is none, or its file is not understood
     */
    public static Config node(Path directory) {
        return read(directory.resolve(NODE));
    }

    private static Config read(Path file) {
        if (!Files.exists(file)) {
            throw new ClusterException("there is no " + file + "; lay out a cluster first");
        }
        try {
            return ConfigFactory.parseFile(file.toFile())
                    .withFallback(ConfigFactory.load())
                    .resolve();
        } catch (ConfigException e) {
            throw new ClusterException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Deletes a directory with all that is in it. */
    public static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The same, as far as that can be done. */
    static void discard(Path directory) {
        try {
            delete(directory);
        } catch (IOException e) {
            LoggerFactory.getLogger(ClusterLayout.class).warn("{} stays: {}", directory, e.getMessage());
        }
    }

    private boolean hasCertificates() {
        return tls && network.equals("cluster");
    }

    private static Path own(Path directory, int validator) {
        return directory.resolve(Integer.toString(validator));
    }

    private static void create(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    }

    private List<Ports> ports() throws IOException {
        Integer first = basePort;
        List<Integer> free = first == null
                ? FreePorts.take(PORTS_EACH * validators)
                : IntStream.range(0, PORTS_EACH * validators)
                        .mapToObj(i -> first + i)
                        .toList();
        return IntStream.range(0, validators)
                .map(i -> PORTS_EACH * i)
                .mapToObj(i -> new Ports(free.get(i), free.get(i + 1), free.get(i + 2), free.get(i + 3)))
                .toList();
    }

    private String sharedConf(List<PublicKey> keys, List<Ports> ports) {
        List<Integer> reached =
                canonicalPorts == null ? ports.stream().map(Ports::network).toList() : canonicalPorts;
        String validatorKeys = keys.stream()
                .map(key -> "    { public-key = \"" + key + "\" }\n")
                .collect(Collectors.joining());
        return "# Who the validators of this chain are, and where. The same for all of them and for their clients.\n"
                + "parley {\n"
                + "  chain-id = " + ConfigUtil.quoteString(chainId) + "\n"
                + "  consensus.protocol = " + protocol + "\n"
                + "  # In the order of their indices.\n"
                + "  validators = [\n" + validatorKeys + "  ]\n"
                + "  # How they reach each other. links: none needs to trust another's process; cluster: one operator's machines.\n"
                + "  network.kind = \"" + network + "\"\n"
                + "  network." + network + ".addresses = ["
                + (hostsOfTheirOwn ? addresses(reached, ClusterLayout::host) : addresses(reached)) + "]\n"
                + "  # Where clients reach them.\n"
                + "  client.addresses = ["
                + addresses(ports.stream().map(Ports::clients).toList()) + "]\n"
                + "  # Where operators ask them.\n"
                + "  admin.addresses = ["
                + addresses(ports.stream().map(Ports::admin).toList()) + "]\n"
                + "}\n"
                + shared;
    }

    private static String addresses(List<Integer> ports) {
        return addresses(ports, index -> "127.0.0.1");
    }

    private static String addresses(List<Integer> ports, IntFunction<String> host) {
        return IntStream.range(0, ports.size())
                .mapToObj(i -> "\"" + host.apply(i) + ":" + ports.get(i) + "\"")
                .collect(Collectors.joining(", "));
    }

    private static String host(int index) {
        return "127.0.1." + (index + 1);
    }

    /** From which address it dials: by that it is known. */
    private String dialsFrom(int index) {
        String name = network.equals("links")
                ? "parley.network.links.outbound-host"
                : "pekko.remote.artery.advanced.tcp.outbound-client-hostname";
        return name + " = \"" + host(index) + "\"\n";
    }

    private String nodeConf(int index, Ports ports) {
        String bound = canonicalPorts == null ? "" : "  network." + network + ".bind-port = " + ports.network() + "\n";
        String known = canonicalPorts == null && !hostsOfTheirOwn ? "" : dialsFrom(index);
        return "# One validator: its own and no other's.\n"
                + "include \"" + SHARED + "\"\n"
                + "parley {\n"
                + "  node {\n"
                + "    validator = " + index + "\n"
                + "    # Relative to this file.\n"
                + "    key-file = \"" + KEY + "\"\n"
                + "    threshold-key-file = \"" + THRESHOLD_KEY + "\"\n"
                + "    data = \"" + DATA + "\"\n"
                + "  }\n"
                + bound
                + (hasCertificates() ? TLS : "")
                + "  client-server { host = \"127.0.0.1\", port = " + ports.clients() + " }\n"
                + "  # Health, status and faults, for whoever may use this machine: keep it on loopback.\n"
                + "  admin { host = \"127.0.0.1\", port = " + ports.admin() + ", faults = on }\n"
                + "}\n"
                + known
                + node.apply(index, ports);
    }
}
