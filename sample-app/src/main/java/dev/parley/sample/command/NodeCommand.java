package dev.parley.sample.command;

import com.typesafe.config.Config;
import dev.parley.ParleyNode;
import dev.parley.admin.AdminServer;
import dev.parley.admin.AdminSettings;
import dev.parley.admin.NodeMetrics;
import dev.parley.client.Receipt;
import dev.parley.client.remote.ClusterClient;
import dev.parley.crypto.NativeCrypto;
import dev.parley.network.FaultyNetwork;
import dev.parley.sample.redis.InfoSection;
import dev.parley.sample.redis.RedisServer;
import dev.parley.sample.redis.RedisServerSettings;
import dev.parley.sample.store.Batch;
import dev.parley.sample.store.RedisStore;
import dev.parley.sample.store.Replies;
import dev.parley.testkit.byzantine.Behaviour;
import dev.parley.testkit.byzantine.Behaviours;
import dev.parley.testkit.cluster.ClusterLayout;
import dev.parley.testkit.cluster.NodeProcess;
import dev.parley.testkit.cluster.ProcessCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One validator of the Redis store, in this process. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs one validator of the replicated Redis store, as its node.conf says, until it is interrupted or stops by itself.",
            "Ends with 1 if it stopped by itself, and says why."
        })
final class NodeCommand implements Callable<Integer> {
    private final Screen screen;

    @Option(
            names = "--dir",
            paramLabel = "D/I",
            required = true,
            description = "The validator's directory, with its node.conf.")
    private Path directory = Path.of(".");

    @Option(
            names = "--byzantine",
            paramLabel = "BEHAVIOUR",
            description = "Makes it misbehave; may be given several times.")
    private List<String> byzantine = new ArrayList<>();

    /**
     * Starts a validator in a process of its own, if it does not run.
     *
     * @param behaviours by which it misbehaves
     */
    static void start(NodeProcess node, List<String> jvmOptions, List<String> behaviours) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("node", "--dir", node.directory().toString()));
        behaviours.forEach(behaviour -> words.addAll(List.of("--byzantine", behaviour)));
        node.start(node.serverOptions(jvmOptions), ParleyCommand.class, words);
    }

    /** Starts a correct validator of a cluster that is laid out here, if it does not run. */
    static void start(ProcessCluster processes, NodeProcess node, List<String> jvmOptions) throws IOException {
        start(node, jvmOptions, List.of());
        processes.watch(node.index());
    }

    NodeCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws InterruptedException {
        NativeCrypto.install();
        Config config = ClusterLayout.node(directory);
        String protocol = config.getString("parley.consensus.protocol");
        List<Behaviour> behaviours = byzantine.stream()
                .map(name -> Protocols.behaviour(protocol, name))
                .toList();
        AtomicReference<FaultyNetwork> faults = new AtomicReference<>();
        int size = config.getConfigList("parley.validators").size();
        NodeMetrics metrics = new NodeMetrics();
        ParleyNode node = ParleyNode.of(config, RedisStore.application())
                .byzantine(Behaviours.composed(behaviours, 0))
                .network(network -> {
                    FaultyNetwork faulty = new FaultyNetwork(network, size);
                    faults.set(faulty);
                    return faulty;
                })
                .observer(metrics)
                .start();
        try (node;
                AdminServer admin = AdminServer.start(node, AdminSettings.of(config), metrics, faults.get());
                // Asks this process's validator first, and the others if it does not answer.
                ClusterClient<Batch, Replies> client = new StoreClients(config)
                        .connect(
                                RedisStore.application().commands(),
                                RedisStore.application().results(),
                                node.self().index());
                RedisServer redis = redis(node, client, config)) {
            screen.line(node.self() + " of '" + node.membership().domain().chainId() + "', "
                    + node.protocol().name() + ": redis on port "
                    + redis.address().getPort() + ", clients on "
                    + node.clientAddress().getPort() + ", admin on "
                    + admin.address().getPort());
            Thread closing = new Thread(node::close, "parley-closing");
            Runtime.getRuntime().addShutdownHook(closing);
            String why = node.stopped().toCompletableFuture().join();
            if (why.equals("closed") || why.equals("the actor system has stopped")) {
                return 0;
            }
            throw new FailedException(node.self() + " has stopped: " + why);
        } catch (IOException e) {
            throw new FailedException(String.valueOf(e.getMessage()));
        }
    }

    private static RedisServer redis(ParleyNode node, ClusterClient<Batch, Replies> client, Config config) {
        try {
            return startRedis(node, client, config);
        } catch (IOException e) {
            throw new FailedException("parley.redis.port: " + e.getMessage());
        }
    }

    private static RedisServer startRedis(ParleyNode node, ClusterClient<Batch, Replies> client, Config config)
            throws IOException {
        return RedisServer.start(
                RedisServerSettings.onLoopback(config.getInt("parley.redis.port")),
                batch -> client.submit(batch).thenApply(Receipt::result),
                () -> {
                    LinkedHashMap<String, String> figures = new LinkedHashMap<>();
                    figures.put("protocol", node.protocol().name());
                    figures.put("validator", Integer.toString(node.self().index()));
                    figures.put("height", Long.toString(node.log().height()));
                    return List.of(new InfoSection("Validators", figures));
                });
    }
}
