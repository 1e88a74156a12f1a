package dev.parley.sample.command;

import dev.parley.LocalCluster;
import dev.parley.client.ParleyClient;
import dev.parley.client.Receipt;
import dev.parley.sample.command.Screen.Style;
import dev.parley.sample.redis.InfoSection;
import dev.parley.sample.redis.RedisServer;
import dev.parley.sample.redis.RedisServerSettings;
import dev.parley.sample.store.Batch;
import dev.parley.sample.store.RedisStore;
import dev.parley.sample.store.Replies;
import dev.parley.sample.store.Snapshot;
import dev.parley.testkit.byzantine.Behaviour;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The Redis store on validators in this process. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Serves a replicated key-value store to Redis clients on loopback, until it is interrupted (Ctrl-C).",
            "At the end it shows each validator's height and the hash of its state."
        })
final class ServeCommand implements Callable<Integer> {
    private static final Duration SETTLING = Duration.ofSeconds(15);
    private static final long SHUTDOWN_SECONDS = 30;

    private final Screen screen;
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Mixin
    private final ClusterOptions options = new ClusterOptions(Protocols::names);

    @Mixin
    private final ClusterOptions.Keys keys = new ClusterOptions.Keys();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "6379",
            description = "Where to listen on 127.0.0.1, 0 for any that is free: ${DEFAULT-VALUE}.")
    private int port = 6379;

    @Option(
            names = "--verify-on-exit",
            description = "End with 1 unless all correct validators have the same state in the end.")
    private boolean verifyOnExit;

    ServeCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<Integer, List<Behaviour>> byzantine = options.behaviours();
        if (port < 0 || port > 65535) {
            throw new UsageException("--port is 0 to 65535, not " + port);
        }
        LocalCluster.Builder<Batch, Replies, Snapshot> builder = keys.applyTo(
                        options.applyTo(LocalCluster.of(options.validators(), RedisStore.application()), byzantine, 0))
                // The end is ours: first the clients' answers, then the validators' states, then the validators.
                .config("pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off");
        try (LocalCluster<Batch, Replies, Snapshot> cluster = builder.start();
                ParleyClient<Batch, Replies> client = cluster.client()) {
            RedisServer server;
            try {
                server = RedisServer.start(
                        RedisServerSettings.onLoopback(port),
                        batch -> client.submit(batch).thenApply(Receipt::result),
                        () -> List.of(validators(cluster, byzantine)));
            } catch (IOException portInUse) {
                throw new FailedException(String.valueOf(portInUse.getMessage()));
            }
            Ending ending = new Ending();
            Runtime.getRuntime().addShutdownHook(ending);
            screen.line(
                    "Redis on 127.0.0.1:" + server.address().getPort() + ": " + options.validators() + " validators, "
                            + options.protocol() + ", at most " + options.mayFail() + " may be faulty"
                            + (byzantine.isEmpty() ? "" : ", Byzantine: " + ClusterOptions.names(byzantine))
                            + "; Ctrl-C ends it");
            interrupted.await();
            server.close();
            ending.exitCode = conclude(cluster, byzantine);
            ending.done.countDown();
            return ending.exitCode;
        }
    }

    private int conclude(LocalCluster<Batch, Replies, Snapshot> cluster, Map<Integer, List<Behaviour>> byzantine) {
        List<Integer> correct = IntStream.range(0, options.validators())
                .filter(i -> !byzantine.containsKey(i))
                .boxed()
                .toList();
        Settlement settlement = Settlement.await(cluster, correct, SETTLING);
        for (int i = 0; i < options.validators(); i++) {
            String state = settlement
                    .of(i)
                    .map(at -> String.format("height %-8d state %s", at.height(), at.stateHash()))
                    .orElse("no answer");
            screen.line(String.format("v%-3d %s", i, state) + (byzantine.containsKey(i) ? "  (Byzantine)" : ""));
        }
        if (settlement.agree(correct)) {
            screen.line(screen.paint("✓ all correct validators have the same state", Style.GREEN));
            return 0;
        }
        screen.line(screen.paint("✗ the correct validators do not have the same state", Style.RED));
        return verifyOnExit ? ExitCode.FAILED : 0;
    }

    /** Heights cost nothing; a state's hash would cost a walk through the state. */
    private InfoSection validators(
            LocalCluster<Batch, Replies, Snapshot> cluster, Map<Integer, List<Behaviour>> byzantine) {
        LinkedHashMap<String, String> figures = new LinkedHashMap<>();
        figures.put("protocol", options.protocol());
        figures.put("validators", Integer.toString(options.validators()));
        figures.put("byzantine", Integer.toString(byzantine.size()));
        for (int i = 0; i < options.validators(); i++) {
            figures.put(
                    "validator" + i + "_height",
                    Long.toString(cluster.node(i).log().height()));
        }
        return new InfoSection("Validators", figures);
    }

    /** What the JVM runs when it is told to end: lets the command finish and ends with its code. */
    private final class Ending extends Thread {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile int exitCode = ExitCode.FAILED;

        @Override
        public void run() {
            interrupted.countDown();
            try {
                if (!done.await(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                    screen.err().println("parley serve: it did not end within " + SHUTDOWN_SECONDS + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            screen.out().flush();
            // An interrupt is how this command is meant to end; without this the JVM would report it as a failure.
            Runtime.getRuntime().halt(exitCode);
        }
    }
}
