package dev.parley.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.ParleyNode;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.FaultyNetwork;
import dev.parley.network.secure.Disagreement;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.javadsl.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Answers operators over HTTP: {@code GET /health} whether the validator runs, {@code /ready} whether it takes part, {@code /status} why it is
 * where it is, {@code /state} the hash of its state, which costs a walk through it, {@code /metrics} in Prometheus' form. Where faults are on, {@code POST /faults/cut/2} loses all between this validator and v2,
 * {@code POST /faults/heal} no more. Without authentication. Thread-safe.
 */
public final class AdminServer extends AllDirectives implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MAX_CONNECTIONS = 128;

    private final ParleyNode node;
    private final NodeMetrics metrics;
    private final @Nullable FaultyNetwork faults;
    private final ServerBinding binding;

    private AdminServer(ParleyNode node, AdminSettings settings, NodeMetrics metrics, @Nullable FaultyNetwork network)
            throws IOException {
        this.node = node;
        this.metrics = metrics;
        metrics.follow(node);
        this.faults = settings.faults() ? network : null;
        try {
            ServerSettings bounds =
                    ServerSettings.create(node.system().classicSystem()).withMaxConnections(MAX_CONNECTIONS);
            this.binding = Http.get(node.system())
                    .newServerAt(settings.host(), settings.port())
                    .withSettings(bounds)
                    .bindFlow(Flow.<HttpRequest>create()
                            // Who trickles a request keeps a connection no longer than who asks one after the other.
                            .takeWithin(settings.connectionLifetime())
                            .via(routes().flow(node.system())))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new IOException(
                    "parley.admin.port: cannot listen on " + settings.host() + ":" + settings.port() + " ("
                            + e.getCause() + "); choose another port, or end who has it",
                    e);
        }
    }

    /**
     * Listens before it returns.
     *
     * @param network where faults are made; null for nowhere
     * @throws IOException that names the address, if it cannot be listened on
     */
    public static AdminServer start(
            ParleyNode node, AdminSettings settings, NodeMetrics metrics, @Nullable FaultyNetwork network)
            throws IOException {
        return new AdminServer(node, settings, metrics, network);
    }

    /** The real one if port 0 was asked for. */
    public InetSocketAddress address() {
        return binding.localAddress();
    }

    private Route routes() {
        return concat(
                path("health", () -> get(this::health)),
                path("ready", () -> get(this::ready)),
                path("status", () -> get(this::status)),
                path("state", () -> get(this::state)),
                path("metrics", () -> get(() -> complete(metrics.scrape()))),
                pathPrefix(
                        "faults",
                        () -> concat(
                                path(
                                        PathMatchers.segment("cut").slash(PathMatchers.integerSegment()),
                                        peer -> post(() -> cut(peer))),
                                path("heal", () -> post(this::heal)))));
    }

    private Route health() {
        String stopped = node.stopped().toCompletableFuture().getNow("");
        return stopped.isEmpty()
                ? complete("runs")
                : complete(StatusCodes.SERVICE_UNAVAILABLE, "has stopped: " + stopped);
    }

    /** One that replays its log, catches up with the others or has stopped does not take part, and no other one should be stopped. */
    private Route ready() {
        return onComplete(
                node.report()
                        .thenCombine(
                                node.validator().inStep(),
                                (report, inStep) -> inStep
                                        ? complete("at height " + report.height())
                                        : complete(
                                                StatusCodes.SERVICE_UNAVAILABLE,
                                                "not in step with the others, at height " + report.height()))
                        .toCompletableFuture()
                        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                answer -> answer.isSuccess()
                        ? answer.get()
                        : complete(StatusCodes.SERVICE_UNAVAILABLE, "does not answer"));
    }

    private Route status() {
        return onComplete(
                node.report().toCompletableFuture().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                report -> report.isSuccess()
                        ? json(StatusCodes.OK, asJson(report.get()))
                        : json(
                                StatusCodes.SERVICE_UNAVAILABLE,
                                "{\"validator\":" + node.self().index() + "}"));
    }

    private Route state() {
        return onComplete(
                node.validator().state().toCompletableFuture().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                state -> state.isSuccess()
                        ? complete("height " + state.get().height() + " state "
                                + state.get().stateHash())
                        : complete(StatusCodes.SERVICE_UNAVAILABLE, "does not answer"));
    }

    private Route json(StatusCode code, String text) {
        return complete(code, HttpEntities.create(ContentTypes.APPLICATION_JSON, text));
    }

    private String asJson(CoreReport report) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("validator", node.self().index());
        status.put("protocol", node.protocol().name());
        status.put("height", report.height());
        status.put("view", report.viewName());
        status.put("leader", report.leader().map(ValidatorId::index).orElse(-1));
        status.put("waitsFor", report.waitingFor());
        status.put("have", report.have());
        status.put("need", report.need());
        status.put("voted", indices(report.voted()));
        status.put("missing", indices(report.missing()));
        status.put("timer", report.timer());
        status.put("lockedOn", report.lockedOn());
        status.put(
                "refusedPeers",
                node.peers().disagreements().stream().map(AdminServer::asMap).toList());
        status.put("cut", faults == null ? List.of() : indices(faults.cuts()));
        try {
            return JSON.writeValueAsString(status);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and texts are JSON", e);
        }
    }

    private static Map<String, Object> asMap(Disagreement disagreement) {
        Map<String, Object> peer = new LinkedHashMap<>();
        peer.put("peer", disagreement.peer().index());
        peer.put("reason", disagreement.reason().name().toLowerCase(Locale.ROOT));
        peer.put("proven", disagreement.proven());
        peer.put("what", disagreement.what());
        return peer;
    }

    private static List<Integer> indices(Collection<ValidatorId> validators) {
        return validators.stream().map(ValidatorId::index).sorted().toList();
    }

    private Route cut(int peer) {
        if (faults == null) {
            return complete(StatusCodes.FORBIDDEN, "parley.admin.faults is off");
        }
        int size = node.membership().validators().size();
        if (peer >= size || peer == node.self().index()) {
            return complete(
                    StatusCodes.BAD_REQUEST, "there is no peer " + peer + " to cut off: they are 0 to " + (size - 1));
        }
        faults.cut(new ValidatorId(peer));
        return complete("cut off from v" + peer);
    }

    private Route heal() {
        if (faults == null) {
            return complete(StatusCodes.FORBIDDEN, "parley.admin.faults is off");
        }
        faults.heal();
        return complete("healed");
    }

    @Override
    public void close() {
        binding.unbind();
        metrics.close();
    }
}
