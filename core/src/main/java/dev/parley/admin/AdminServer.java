package dev.parley.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.ParleyNode;
import dev.parley.consensus.CoreReport;
import dev.parley.consensus.ValidatorId;
import dev.parley.network.FaultyNetwork;
import dev.parley.network.secure.Disagreement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
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

    private final NodeMetrics metrics;
    private final boolean allowsFaults;
    private final ServerBinding binding;
    /** Null while the validator starts. */
    private volatile @Nullable Attached attached;

    private record Attached(ParleyNode node, @Nullable FaultyNetwork faults) {}

    private AdminServer(ActorSystem<?> system, AdminSettings settings, NodeMetrics metrics) {
        this.metrics = metrics;
        this.allowsFaults = settings.faults();
        try {
            ServerSettings bounds =
                    ServerSettings.create(system.classicSystem()).withMaxConnections(MAX_CONNECTIONS);
            this.binding = Http.get(system)
                    .newServerAt(settings.host(), settings.port())
                    .withSettings(bounds)
                    .bindFlow(Flow.<HttpRequest>create()
                            // Who trickles a request keeps a connection no longer than who asks one after the other.
                            .takeWithin(settings.connectionLifetime())
                            .via(routes().flow(system)))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new IllegalArgumentException(
                    "parley.admin.port: cannot listen on " + settings.host() + ":" + settings.port() + " ("
                            + e.getCause() + "); choose another port, or end who has it",
                    e);
        }
    }

    /**
     * Listens before it returns. The validator starts, it says, until it is {@link #attach attached}: for {@link
     * ParleyNode.Builder#whenSystemIsUp}, so that operators are answered while a long log is read, and neither waits for the other.
     *
     * @throws IllegalArgumentException that names the address, if it cannot be listened on
     */
    public static AdminServer open(ActorSystem<?> system, AdminSettings settings, NodeMetrics metrics) {
        return new AdminServer(system, settings, metrics);
    }

    /**
     * Listens before it returns.
     *
     * @param network where faults are made; null for nowhere
     * @throws IllegalArgumentException that names the address, if it cannot be listened on
     */
    public static AdminServer start(
            ParleyNode node, AdminSettings settings, NodeMetrics metrics, @Nullable FaultyNetwork network) {
        AdminServer server = open(node.system(), settings, metrics);
        server.attach(node, network);
        return server;
    }

    /**
     * Answers for this validator from now on.
     *
     * @param network where faults are made; null for nowhere
     */
    public void attach(ParleyNode node, @Nullable FaultyNetwork network) {
        metrics.follow(node);
        attached = new Attached(node, allowsFaults ? network : null);
    }

    /** The real one if port 0 was asked for. */
    public InetSocketAddress address() {
        return binding.localAddress();
    }

    private Route routes() {
        return concat(
                path("health", () -> get(() -> with(StatusCodes.OK, this::health))),
                path("ready", () -> get(() -> with(this::ready))),
                path("status", () -> get(() -> with(this::status))),
                path("state", () -> get(() -> with(this::state))),
                path("metrics", () -> get(() -> complete(metrics.scrape()))),
                pathPrefix(
                        "faults",
                        () -> concat(
                                path(
                                        PathMatchers.segment("cut").slash(PathMatchers.integerSegment()),
                                        peer -> post(() -> with(to -> cut(to, peer)))),
                                path("heal", () -> post(() -> with(this::heal))))));
    }

    private Route with(Function<Attached, Route> route) {
        return with(StatusCodes.SERVICE_UNAVAILABLE, route);
    }

    private Route with(StatusCode whileItStarts, Function<Attached, Route> route) {
        Attached to = attached;
        return to == null ? complete(whileItStarts, "starts") : route.apply(to);
    }

    private Route health(Attached to) {
        String stopped = to.node.stopped().toCompletableFuture().getNow("");
        return stopped.isEmpty()
                ? complete("runs")
                : complete(StatusCodes.SERVICE_UNAVAILABLE, "has stopped: " + stopped);
    }

    /** One that replays its log, catches up with the others or has stopped does not take part, and no other one should be stopped. */
    private Route ready(Attached to) {
        return onComplete(
                to.node
                        .report()
                        .thenCombine(
                                to.node.validator().inStep(),
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

    private Route status(Attached to) {
        return onComplete(
                to.node.report().toCompletableFuture().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                report -> report.isSuccess()
                        ? json(StatusCodes.OK, asJson(to, report.get()))
                        : json(
                                StatusCodes.SERVICE_UNAVAILABLE,
                                "{\"validator\":" + to.node.self().index() + "}"));
    }

    private Route state(Attached to) {
        return onComplete(
                to.node.validator().state().toCompletableFuture().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                state -> state.isSuccess()
                        ? complete("height " + state.get().height() + " state "
                                + state.get().stateHash())
                        : complete(StatusCodes.SERVICE_UNAVAILABLE, "does not answer"));
    }

    private Route json(StatusCode code, String text) {
        return complete(code, HttpEntities.create(ContentTypes.APPLICATION_JSON, text));
    }

    private String asJson(Attached to, CoreReport report) {
        ParleyNode node = to.node;
        FaultyNetwork faults = to.faults;
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

    private Route cut(Attached to, int peer) {
        FaultyNetwork faults = to.faults;
        if (faults == null) {
            return complete(StatusCodes.FORBIDDEN, "parley.admin.faults is off");
        }
        int size = to.node.membership().validators().size();
        if (peer >= size || peer == to.node.self().index()) {
            return complete(
                    StatusCodes.BAD_REQUEST, "there is no peer " + peer + " to cut off: they are 0 to " + (size - 1));
        }
        faults.cut(new ValidatorId(peer));
        return complete("cut off from v" + peer);
    }

    private Route heal(Attached to) {
        FaultyNetwork faults = to.faults;
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
