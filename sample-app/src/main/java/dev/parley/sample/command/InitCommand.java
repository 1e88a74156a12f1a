package dev.parley.sample.command;

import dev.parley.crypto.KeyFileException;
import dev.parley.testkit.cluster.ClusterLayout;
import dev.parley.testkit.cluster.ClusterLayout.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lays out a cluster of processes. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Lays out a cluster of validators in processes of their own: cluster.conf, which is the same for all, and for each",
            "validator a directory with its keys and its node.conf. Overwrites nothing. Then: parley cluster up --dir D."
        })
final class InitCommand implements Callable<Integer> {
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

    @Option(
            names = "--network",
            paramLabel = "KIND",
            defaultValue = "links",
            description = {
                "How validators reach each other: links, a connection for each pair by the validators' own keys, on which none",
                "needs to trust another's process; or cluster, Pekko's remoting: ${DEFAULT-VALUE}."
            })
    private String network = "links";

    @Option(
            names = "--tls",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = {
                "With --network cluster, encrypt between validators and let in certificates of this cluster alone: on, since without",
                "it whoever reaches a validator's port for its peers can fill its memory; --no-tls measures without. Links always",
                "encrypt."
            })
    private boolean tls = true;

    InitCommand(Screen screen) {
        this.screen = screen;
    }

    /** Of validators of the Redis store. */
    static ClusterLayout layout(String protocol, int validators) {
        return ClusterLayout.of(protocol, validators)
                .node((index, ports) -> "parley.redis { host = \"127.0.0.1\", port = " + ports.application() + " }\n");
    }

    static void requireNetwork(String kind) {
        if (!kind.equals("links") && !kind.equals("cluster")) {
            throw new UsageException("--network is links or cluster, not " + kind);
        }
    }

    @Override
    public Integer call() {
        Protocols.require(protocol);
        if (size < 4 || size > 63) {
            throw new UsageException("--validators is 4 to 63, not " + size);
        }
        requireNetwork(network);
        if (!tls && network.equals("links")) {
            throw new UsageException("--no-tls is for --network cluster: links are always encrypted");
        }
        if (basePort != null && (basePort < 1 || basePort + ClusterLayout.PORTS_EACH * size - 1 > LAST_PORT)) {
            throw new UsageException(
                    "--base-port is 1 to " + (LAST_PORT + 1 - ClusterLayout.PORTS_EACH * size) + ", not " + basePort);
        }
        try {
            List<Ports> ports = layout(protocol, size)
                    .chainId(chainId)
                    .basePort(basePort)
                    .network(network)
                    .tls(tls)
                    .write(directory);
            for (int i = 0; i < size; i++) {
                screen.line("v" + i + "  peers " + ports.get(i).network() + "  clients "
                        + ports.get(i).clients() + "  redis " + ports.get(i).application() + "  admin "
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
}
