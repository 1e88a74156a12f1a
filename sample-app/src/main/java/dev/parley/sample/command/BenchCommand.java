package dev.parley.sample.command;

import dev.parley.LocalCluster;
import dev.parley.client.ParleyClient;
import dev.parley.client.remote.ClusterClient;
import dev.parley.consensus.observe.Observation;
import dev.parley.crypto.Ed25519;
import dev.parley.log.Command;
import dev.parley.testkit.byzantine.Behaviour;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Throughput and latency of a log in one process, with real signatures and an application that does nothing. */
@picocli.CommandLine.Command(
        mixinStandardHelpOptions = true,
        description = {
            "Measures how many commands a second the log orders, executes and certifies, and how long each takes.",
            "Without --rate each client sends the next command when one is answered; with it commands are sent on time",
            "whatever comes back, and latency counts from when they were due."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int MAX_CLIENTS = 1000;
    private static final int MAX_OUTSTANDING = 8000;

    private final Screen screen;

    @Mixin
    private final ClusterOptions options = new ClusterOptions(Protocols::names);

    @Option(
            names = "--clients",
            paramLabel = "C",
            defaultValue = "4",
            description = "How many clients, each with a session of its own, 1 to 1000: ${DEFAULT-VALUE}.")
    private int clients = 4;

    @Option(
            names = "--outstanding",
            paramLabel = "K",
            defaultValue = "200",
            description = "How many commands of each client are under way at most, 1 to 8000: ${DEFAULT-VALUE}.")
    private int outstanding = 200;

    @Option(
            names = "--size",
            paramLabel = "B",
            defaultValue = "128",
            description = "The bytes of a command, 0 to 1048576: ${DEFAULT-VALUE}.")
    private int size = 128;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long to measure: ${DEFAULT-VALUE}.")
    private double seconds = 10;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            defaultValue = "5",
            description = "How long to run before that: ${DEFAULT-VALUE}.")
    private double warmup = 5;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "0",
            description = "Commands a second of all clients together; 0 for as many as are answered: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--connect",
            paramLabel = "D",
            description =
                    "Measures the processes that run in this cluster's directory, with SET commands, instead of validators here.")
    private @Nullable Path connect;

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean json;

    BenchCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        requireSound();
        return connect == null ? measureHere() : measure(StoreClients.of(connect));
    }

    private int measure(StoreClients cluster) {
        if (!json) {
            screen.line(cluster.validators() + " validators in processes of their own, " + cluster.protocol()
                    + ", on disk; " + load());
        }
        List<ClusterClient<byte[], byte[]>> sessions = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            sessions.add(cluster.connect(new SetCodec(), new SetCodec(), i % cluster.validators()));
        }
        try {
            return measure(
                    sessions,
                    () -> sessions.getFirst().log(0).height(),
                    cluster.protocol(),
                    cluster.validators(),
                    Ed25519.fastest().name());
        } finally {
            sessions.forEach(ClusterClient::close);
        }
    }

    private String load() {
        return clients + " clients, " + outstanding + " outstanding each, " + size + "-byte commands"
                + (rate > 0 ? String.format(Locale.ROOT, ", %,.0f/s", rate) : "");
    }

    private int measure(
            List<? extends ParleyClient<byte[], byte[]>> sessions,
            LongSupplier blocks,
            String protocol,
            int validators,
            String signatures) {
        LoadDriver driver = new LoadDriver(sessions, outstanding, size);
        LoadDriver.Measurement measured =
                rate > 0 ? driver.openLoop(rate, warmup, seconds, blocks) : driver.closedLoop(warmup, seconds, blocks);
        screen.line(json ? asJson(measured, protocol, validators, signatures) : asText(measured));
        return measured.answered() > 0 && measured.failures().isEmpty() ? 0 : ExitCode.FAILED;
    }

    private int measureHere() {
        Map<Integer, List<Behaviour>> byzantine = options.behaviours();
        AtomicLong blocks = new AtomicLong();
        LocalCluster.Builder<byte[], byte[], Long> builder = options.applyTo(
                        LocalCluster.of(options.validators(), Blank.application()), byzantine, 0)
                .observer((validator, observation) -> {
                    if (validator.index() == 0
                            && observation instanceof Observation.Decided decided
                            && !decided.empty()) {
                        blocks.incrementAndGet();
                    }
                });
        try (LocalCluster<byte[], byte[], Long> cluster = builder.start()) {
            String signatures = cluster.scheme().name();
            if (!json) {
                screen.line(options.validators() + " validators in one process, " + options.protocol() + ", "
                        + signatures + " signatures, storage in memory; " + load());
            }
            List<ParleyClient<byte[], byte[]>> sessions = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                sessions.add(cluster.client(i % options.validators()));
            }
            int code = measure(sessions, blocks::get, options.protocol(), options.validators(), signatures);
            sessions.forEach(ParleyClient::close);
            return code;
        }
    }

    private void requireSound() {
        require(clients >= 1 && clients <= MAX_CLIENTS, "--clients is 1 to " + MAX_CLIENTS + ", not " + clients);
        require(
                outstanding >= 1 && outstanding <= MAX_OUTSTANDING,
                "--outstanding is 1 to " + MAX_OUTSTANDING + ", not " + outstanding);
        require(
                size >= 0 && size <= Command.MAX_CONTENT_BYTES,
                "--size is 0 to " + Command.MAX_CONTENT_BYTES + " bytes, not " + size);
        require(seconds > 0 && seconds <= 3600, "--seconds is above 0 and at most 3600, not " + seconds);
        require(warmup >= 0 && warmup <= 3600, "--warmup is 0 to 3600 seconds, not " + warmup);
        require(rate >= 0 && rate <= 1e7, "--rate is 0 to 10000000 a second, not " + rate);
    }

    private static void require(boolean sound, String otherwise) {
        if (!sound) {
            throw new UsageException(otherwise);
        }
    }

    private static String asText(LoadDriver.Measurement measured) {
        Histogram latency = measured.latencyNanos();
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "throughput  %,.0f commands/s (%,d in %.1f s), %,.0f blocks/s of %,.0f commands%n",
                measured.perSecond(),
                measured.answered(),
                measured.seconds(),
                measured.blocks() / measured.seconds(),
                measured.blocks() == 0 ? 0.0 : (double) measured.answered() / measured.blocks()));
        text.append(String.format(
                Locale.ROOT,
                "latency ms  p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f",
                millis(latency, 50),
                millis(latency, 90),
                millis(latency, 99),
                millis(latency, 99.9),
                millis(latency, 100)));
        measured.failures()
                .forEach((kind, count) -> text.append(String.format("%nfailed      %,d with %s", count, kind)));
        return text.toString();
    }

    /** Names and numbers alone, so nothing needs to be escaped. */
    private String asJson(LoadDriver.Measurement measured, String protocol, int validators, String signatures) {
        Histogram latency = measured.latencyNanos();
        String failures = measured.failures().entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        return String.format(
                Locale.ROOT,
                "{\"protocol\":\"%s\",\"validators\":%d,\"signatures\":\"%s\",\"clients\":%d,\"outstanding\":%d,\"size\":%d,"
                        + "\"rate\":%.1f,\"seconds\":%.3f,\"commands\":%d,\"commandsPerSecond\":%.1f,\"blocks\":%d,"
                        + "\"latencyMillis\":{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f},"
                        + "\"failures\":%s}",
                protocol,
                validators,
                signatures,
                clients,
                outstanding,
                size,
                rate,
                measured.seconds(),
                measured.answered(),
                measured.perSecond(),
                measured.blocks(),
                millis(latency, 50),
                millis(latency, 90),
                millis(latency, 99),
                millis(latency, 99.9),
                millis(latency, 100),
                failures);
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
