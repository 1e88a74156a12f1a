package dev.parley.admin;

import dev.parley.ParleyNode;
import dev.parley.consensus.Validator;
import dev.parley.consensus.ValidatorId;
import dev.parley.consensus.observe.Observation;
import dev.parley.network.secure.LinkRefusal;
import dev.parley.validator.Observer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts what a validator tells of itself, as Prometheus reads it. Thread-safe. */
public final class NodeMetrics implements Observer, AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Class<?>, Counter> observations = new ConcurrentHashMap<>();
    private final Map<String, Counter> refusals = new ConcurrentHashMap<>();
    private final Map<String, FunctionCounter> linkRefusals = new ConcurrentHashMap<>();
    private volatile Runnable links = () -> {};
    private final AtomicLong view = new AtomicLong();
    private final AtomicLong height = new AtomicLong();
    /** Milliseconds of Unix time; 0 before there was one. */
    private final AtomicLong firstVote = new AtomicLong();

    private final JvmGcMetrics collections = new JvmGcMetrics();

    public NodeMetrics() {
        registry.gauge("parley.view", view);
        registry.gauge("parley.decided.height", height);
        Gauge.builder("parley.first.vote.timestamp.seconds", firstVote, millis -> millis.get() / 1e3)
                .description("Unix time of the first vote since the start, 0 before it")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    @Override
    public void observed(ValidatorId validator, Observation observation) {
        observations
                .computeIfAbsent(
                        observation.getClass(),
                        type -> registry.counter("parley.observations", "kind", kind(type.getSimpleName())))
                .increment();
        switch (observation) {
            case Observation.ViewEntered entered -> view.set(entered.view());
            case Observation.Voted voted -> {
                if (firstVote.get() == 0) {
                    firstVote.compareAndSet(0, System.currentTimeMillis());
                }
            }
            case Observation.Decided decided -> height.set(decided.height());
            case Observation.CaughtUp caughtUp -> height.set(caughtUp.toHeight());
            case Observation.SnapshotInstalled installed -> height.set(installed.height());
            case Observation.Refused refused ->
                refusals.computeIfAbsent(
                                refused.refusal().from() + " "
                                        + refused.refusal().reason().name(),
                                name -> registry.counter(
                                        "parley.refusals",
                                        "peer",
                                        refused.refusal().from().toString(),
                                        "reason",
                                        refused.refusal().reason().name().toLowerCase(Locale.ROOT)))
                        .increment();
            default -> {}
        }
    }

    /** From now on also counts what the node's links refuse, what waits in them and what they had no room for. */
    void follow(ParleyNode node) {
        for (Validator peer : node.membership().validators().validators()) {
            if (!peer.id().equals(node.self())) {
                Gauge.builder(
                                "parley.link.outstanding.bytes",
                                node,
                                of -> of.peers().outstandingBytes(peer.id()))
                        .tag("peer", peer.id().toString())
                        .register(registry);
                FunctionCounter.builder(
                                "parley.link.dropped.frames",
                                node,
                                of -> of.peers().dropped(peer.id()))
                        .tag("peer", peer.id().toString())
                        .register(registry);
            }
        }
        links = () -> {
            for (LinkRefusal reason : LinkRefusal.values()) {
                count(node, null, "nobody", reason);
                for (Validator peer : node.membership().validators().validators()) {
                    count(node, peer.id(), peer.id().toString(), reason);
                }
            }
        };
    }

    /** A counter for each pair of which there was one: most never are. */
    private void count(ParleyNode node, @Nullable ValidatorId claimed, String name, LinkRefusal reason) {
        if (node.peers().refused(claimed, reason) > 0) {
            linkRefusals.computeIfAbsent(
                    name + " " + reason,
                    key -> FunctionCounter.builder(
                                    "parley.link.refusals",
                                    node,
                                    counted -> counted.peers().refused(claimed, reason))
                            .tag("peer", name)
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    private static String kind(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    /** In Prometheus' text form. */
    public String scrape() {
        links.run();
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
