package dev.parley.sample.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.parley.ParleyNode;
import dev.parley.admin.AdminServer;
import dev.parley.admin.AdminSettings;
import dev.parley.admin.NodeMetrics;
import dev.parley.client.remote.ClusterClient;
import dev.parley.sample.store.Batch;
import dev.parley.sample.store.RedisStore;
import dev.parley.sample.store.Replies;
import dev.parley.sample.store.Reply;
import dev.parley.sample.store.Request;
import dev.parley.sample.store.Snapshot;
import dev.parley.testkit.cluster.ClusterLayout;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Validators as {@code parley node} runs them, each with its files, disk and ports, but all in this process: that takes a fifth of the time. */
final class LiveNodes implements AutoCloseable {
    /** What belongs to a process is left alone. */
    private static final String IN_ONE_PROCESS = """
            pekko.coordinated-shutdown.run-by-actor-system-terminate = off
            pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
            pekko.cluster.jmx.enabled = off
            parley.network.cluster.membership = off
            parley.client.attempt-timeout = 1 s
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** One that runs. */
    record Live(ParleyNode node, AdminServer admin) {
        private void close() {
            admin.close();
            node.close();
        }
    }

    private final Path directory;
    private final List<ClusterLayout.Ports> ports;
    private final Map<Integer, Live> live = new HashMap<>();
    private final Map<Integer, ClusterClient<Batch, Replies>> clients = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();

    private LiveNodes(Path directory, List<ClusterLayout.Ports> ports) {
        this.directory = directory;
        this.ports = ports;
    }

    /** Four of them, of which none runs yet. */
    static LiveNodes of(String protocol, Path directory) throws IOException {
        return of(protocol, "links", directory);
    }

    static LiveNodes of(String protocol, String network, Path directory) throws IOException {
        return new LiveNodes(
                directory,
                ClusterLayout.of(protocol, 4)
                        .network(network)
                        .node((index, own) ->
                                "parley.redis { host = \"127.0.0.1\", port = " + own.application() + " }\n")
                        .write(directory));
    }

    Path directory(int index) {
        return directory.resolve(Integer.toString(index));
    }

    ClusterLayout.Ports ports(int index) {
        return ports.get(index);
    }

    Live start(int index) {
        return start(index, "", builder -> builder);
    }

    Live start(int index, String hocon) {
        return start(index, hocon, builder -> builder);
    }

    Live start(int index, String hocon, UnaryOperator<ParleyNode.Builder<Batch, Replies, Snapshot>> with) {
        Config config = config(index, hocon);
        NodeMetrics metrics = new NodeMetrics();
        ParleyNode node = with.apply(
                        ParleyNode.of(config, RedisStore.application()).observer(metrics))
                .start();
        Live started = new Live(node, AdminServer.start(node, AdminSettings.of(config), metrics, null));
        live.put(index, started);
        return started;
    }

    private Config config(int index, String hocon) {
        return ConfigFactory.parseString(hocon)
                .withFallback(ConfigFactory.parseString(IN_ONE_PROCESS))
                .withFallback(ClusterLayout.node(directory(index)))
                .resolve();
    }

    /** A process of its own with a validator's key, whether or not that one runs; the caller's to close. */
    ParleyNode another(int index, String hocon) {
        return ParleyNode.of(config(index, hocon), RedisStore.application()).start();
    }

    void startAll(String hocon) {
        for (int i = 0; i < 4; i++) {
            start(i, hocon);
        }
    }

    void stop(int index) {
        Live stopped = live.remove(index);
        if (stopped != null) {
            stopped.close();
        }
    }

    ParleyNode node(int index) {
        Live running = live.get(index);
        if (running == null) {
            throw new AssertionError("v" + index + " does not run");
        }
        return running.node();
    }

    /** Asks a validator first, and the others if it does not answer. */
    CompletableFuture<Long> increment(int preferred) {
        return clients.computeIfAbsent(
                        preferred,
                        index -> StoreClients.of(directory)
                                .connect(
                                        RedisStore.application().commands(),
                                        RedisStore.application().results(),
                                        index))
                .submit(new Batch(List.of(Request.of("INCR", "counter"))))
                .thenApply(receipt -> ((Reply.Int) receipt.result().replies().getFirst()).value())
                .toCompletableFuture();
    }

    JsonNode status(int index) throws IOException, InterruptedException {
        return JSON.readTree(get(index, "/status"));
    }

    String get(int index, String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + ports.get(index).admin() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** The hash of a validator's state and its height, as text. */
    String state(int index) {
        return node(index)
                .validator()
                .state()
                .thenApply(state -> state.height() + " " + state.stateHash())
                .toCompletableFuture()
                .join();
    }

    @Nullable String stopped(int index) {
        return node(index).stopped().toCompletableFuture().getNow(null);
    }

    @Override
    public void close() {
        clients.values().forEach(ClusterClient::close);
        List.copyOf(live.keySet()).forEach(this::stop);
        http.close();
    }
}
