package dev.parley.sample.command;

import com.typesafe.config.ConfigUtil;
import dev.parley.crypto.KeyFile;
import dev.parley.crypto.KeyFileException;
import dev.parley.crypto.KeyPair;
import dev.parley.crypto.ThresholdKeyFile;
import dev.parley.crypto.threshold.ThresholdDealer;
import dev.parley.crypto.threshold.ThresholdDealer.Dealt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lays out a cluster of processes. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = {
            "Lays out a cluster of validators in processes of their own: cluster.conf, which is the same for all, and for each",
            "validator a directory with its keys and its node.conf. Overwrites nothing. Then: parley cluster up --dir D."
        })
final class InitCommand implements Callable<Integer> {
    private static final int PORTS_EACH = 4;
    private static final int LAST_PORT = 65_535;

    private final Screen screen;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            defaultValue = "hotstuff",
            description = "The consensus protocol: ${DEFAULT-VALUE}.")
    private String protocol = "hotstuff";

    @Option(
            names = "--validators",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many, 4 to 63: ${DEFAULT-VALUE}.")
    private int size = 4;

    @Option(
            names = "--chain-id",
            paramLabel = "NAME",
            defaultValue = "parley",
            description = "Names the log: ${DEFAULT-VALUE}.")
    private String chainId = "parley";

    @Option(names = "--dir", paramLabel = "D", required = true, description = "Where to; made if it is not there.")
    private Path directory = Path.of("cluster");

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            description = "Each validator takes four ports in a row from here on; any that are free unless given.")
    private @Nullable Integer basePort;

    InitCommand(Screen screen) {
        this.screen = screen;
    }

    /** The ports of one validator. */
    private record Ports(int network, int clients, int redis, int admin) {}

    @Override
    public Integer call() {
        if (!Protocols.names().contains(protocol)) {
            throw new UsageException(
                    "there is no protocol '" + protocol + "'; there is " + String.join(", ", Protocols.names()));
        }
        if (size < 4 || size > 63) {
            throw new UsageException("--validators is 4 to 63, not " + size);
        }
        if (basePort != null && (basePort < 1 || basePort + PORTS_EACH * size - 1 > LAST_PORT)) {
            throw new UsageException(
                    "--base-port is 1 to " + (LAST_PORT + 1 - PORTS_EACH * size) + ", not " + basePort);
        }
        Path shared = directory.resolve("cluster.conf");
        if (Files.exists(shared)) {
            throw new FailedException(shared + " exists already and is never overwritten; choose another --dir");
        }
        try {
            List<Ports> ports = ports(size);
            SecureRandom random = new SecureRandom();
            Dealt dealt = ThresholdDealer.deal(chainId, size, (size - 1) / 3 + 1, random);
            List<KeyPair> keys = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                Path own = Files.createDirectories(directory.resolve(Integer.toString(i)));
                keys.add(KeyPair.generate(random));
                KeyFile.save(own.resolve("validator.key"), keys.get(i));
                ThresholdKeyFile.save(
                        own.resolve("threshold.key"),
                        dealt.keys(),
                        dealt.secrets().get(i));
            }
            String cluster = clusterConf(keys, ports);
            for (int i = 0; i < size; i++) {
                Path own = directory.resolve(Integer.toString(i));
                write(own.resolve("cluster.conf"), cluster);
                write(own.resolve("node.conf"), nodeConf(i, ports.get(i)));
            }
            // Last: with it the cluster is there.
            write(shared, cluster);
            for (int i = 0; i < size; i++) {
                screen.line("v" + i + "  peers " + ports.get(i).network() + "  clients "
                        + ports.get(i).clients() + "  redis " + ports.get(i).redis() + "  admin "
                        + ports.get(i).admin() + "  " + directory.resolve(Integer.toString(i)));
            }
            screen.line("Each directory holds secrets of its validator: give each machine its own and no other.");
            screen.line("On this machine: parley cluster up --dir " + directory);
            return 0;
        } catch (IOException | KeyFileException e) {
            throw new FailedException("cannot lay out " + directory + " (" + e.getMessage()
                    + "); what is there is of no use, delete it or choose another --dir");
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    }

    private List<Ports> ports(int size) throws IOException {
        List<Integer> free = new ArrayList<>();
        Integer first = basePort;
        if (first != null) {
            IntStream.range(0, PORTS_EACH * size).forEach(i -> free.add(first + i));
        } else {
            List<ServerSocket> held = new ArrayList<>();
            for (int i = 0; i < PORTS_EACH * size; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
                free.add(held.get(i).getLocalPort());
            }
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
        return IntStream.range(0, size)
                .mapToObj(i -> new Ports(
                        free.get(PORTS_EACH * i),
                        free.get(PORTS_EACH * i + 1),
                        free.get(PORTS_EACH * i + 2),
                        free.get(PORTS_EACH * i + 3)))
                .toList();
    }

    private String clusterConf(List<KeyPair> keys, List<Ports> ports) {
        String validators = keys.stream()
                .map(key -> "    { public-key = \"" + key.publicKey() + "\" }\n")
                .collect(Collectors.joining());
        return "# Who the validators of this chain are, and where. The same for all of them and for their clients.\n"
                + "parley {\n"
                + "  chain-id = " + ConfigUtil.quoteString(chainId) + "\n"
                + "  consensus.protocol = " + protocol + "\n"
                + "  # In the order of their indices.\n"
                + "  validators = [\n" + validators + "  ]\n"
                + "  # Where they reach each other.\n"
                + "  network.cluster.addresses = ["
                + addresses(ports.stream().map(Ports::network).toList()) + "]\n"
                + "  # Where clients reach them.\n"
                + "  client.addresses = ["
                + addresses(ports.stream().map(Ports::clients).toList()) + "]\n"
                + "  # Where operators ask them.\n"
                + "  admin.addresses = ["
                + addresses(ports.stream().map(Ports::admin).toList()) + "]\n"
                + "}\n";
    }

    private static String addresses(List<Integer> ports) {
        return ports.stream().map(port -> "\"127.0.0.1:" + port + "\"").collect(Collectors.joining(", "));
    }

    private static String nodeConf(int index, Ports ports) {
        return "# One validator: its own and no other's.\n"
                + "include \"cluster.conf\"\n"
                + "parley {\n"
                + "  node {\n"
                + "    validator = " + index + "\n"
                + "    # Relative to this file.\n"
                + "    key-file = \"validator.key\"\n"
                + "    threshold-key-file = \"threshold.key\"\n"
                + "    data = \"data\"\n"
                + "  }\n"
                + "  client-server { host = \"127.0.0.1\", port = " + ports.clients() + " }\n"
                + "  # Health, status and faults, for whoever may use this machine: keep it on loopback.\n"
                + "  admin { host = \"127.0.0.1\", port = " + ports.admin() + ", faults = on }\n"
                + "  redis { host = \"127.0.0.1\", port = " + ports.redis() + " }\n"
                + "}\n";
    }
}
