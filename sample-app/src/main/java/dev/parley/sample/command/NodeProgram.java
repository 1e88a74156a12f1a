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
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One validator of the Redis store, in this process. A program of its own beside {@link NodeCommand}, since the commands that start
 * validators need nobody to read options, which takes a fifth of a second and more.
 */
final class NodeProgram {
    private NodeProgram() {}

    /** @param words the validator's directory, and names of behaviours by which it misbehaves */
    public static void main(String[] words) {
        Screen screen = Screen.standard();
        List<String> behaviours = Arrays.asList(words).subList(1, words.length);
        int code;
        try {
            code = run(screen, Path.of(words[0]), behaviours);
        } catch (RuntimeException e) {
            code = ExitCode.explain(screen, "parley node", e);
        }
        System.exit(code);
    }

    /**
     * Until the validator has stopped.
     *
     * @param byzantine names of behaviours by which it misbehaves
     * @return the exit code
     */
    static int run(Screen screen, Path directory, List<String> byzantine) {
        NativeCrypto.install();
        Config config = ClusterLayout.node(directory);
        String protocol = config.getString("parley.consensus.protocol");
        List<Behaviour> behaviours = byzantine.stream()
                .map(name -> Protocols.behaviour(protocol, name))
                .toList();
        AtomicReference<FaultyNetwork> faults = new AtomicReference<>();
        AtomicReference<AdminServer> operators = new AtomicReference<>();
        int size = config.getConfigList("parley.validators").size();
        NodeMetrics metrics = new NodeMetrics();
        AdminSettings answering = AdminSettings.of(config);
        ParleyNode node = ParleyNode.of(config, RedisStore.application())
                .byzantine(Behaviours.composed(behaviours, 0))
                .network(network -> {
                    FaultyNetwork faulty = new FaultyNetwork(network, size);
                    faults.set(faulty);
                    return faulty;
                })
                .observer(metrics)
                .whenSystemIsUp(system -> operators.set(AdminServer.open(system, answering, metrics)))
                .start();
        try (node;
                AdminServer admin = operators.get();
                // Asks this process's validator first, and the others if it does not answer.
                ClusterClient<Batch, Replies> client = new StoreClients(config)
                        .connect(
                                RedisStore.application().commands(),
                                RedisStore.application().results(),
                                node.self().index());
                RedisServer redis = redis(node, client, config)) {
            admin.attach(node, faults.get());
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
