package dev.parley.sample.command;

import dev.parley.client.remote.ClusterClient;
import dev.parley.sample.store.Batch;
import dev.parley.sample.store.RedisStore;
import dev.parley.sample.store.Replies;
import dev.parley.testkit.cluster.ClusterLayout;
import dev.parley.testkit.cluster.NodeProcess;
import dev.parley.testkit.cluster.ProcessCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Processes under load that are killed, paused and cut off, and what their clients saw. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs four validators in processes of their own under load, kills, pauses and cuts off one after the other, in an order that",
            "the seed draws, and then checks what clients saw: nothing acknowledged is lost, nothing executed twice, the history is",
            "linearizable, and all validators have one state. Ends with 1 if not."
        })
final class SoakCommand implements Callable<Integer> {
    private static final int VALIDATORS = 4;
    private static final Duration SETTLING = Duration.ofSeconds(90);
    private static final long POLL_MILLIS = 250;
    /** Between two faults, so that whoever was hit is back. */
    private static final long REST_MILLIS = 500;

    private enum Fault {
        KILL,
        PAUSE,
        PARTITION
    }

    private final Screen screen;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            defaultValue = "hotstuff",
            description = "The consensus protocol: ${DEFAULT-VALUE}.")
    private String protocol = "hotstuff";

    @Option(
            names = "--network",
            paramLabel = "KIND",
            defaultValue = "links",
            description = "How validators reach each other, links or cluster: ${DEFAULT-VALUE}.")
    private String network = "links";

    @Option(
            names = "--kills",
            paramLabel = "K",
            defaultValue = "5",
            description = "How many kill -9: ${DEFAULT-VALUE}.")
    private int kills = 5;

    @Option(
            names = "--pauses",
            paramLabel = "K",
            defaultValue = "2",
            description = "How many pauses: ${DEFAULT-VALUE}.")
    private int pauses = 2;

    @Option(
            names = "--pause-seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long each lasts: ${DEFAULT-VALUE}.")
    private int pauseSeconds = 10;

    @Option(
            names = "--partitions",
            paramLabel = "K",
            defaultValue = "2",
            description = "How many partitions, on the wire: ${DEFAULT-VALUE}.")
    private int partitions = 2;

    @Option(
            names = "--partition-seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "How long each lasts: ${DEFAULT-VALUE}.")
    private int partitionSeconds = 5;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "20",
            description = "Longer than that it does not take: ${DEFAULT-VALUE}.")
    private int minutes = 20;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many clients: ${DEFAULT-VALUE}.")
    private int load = 4;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            defaultValue = "16",
            description = "Commands of each under way: ${DEFAULT-VALUE}.")
    private int outstanding = 16;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "0",
            description = "Commands a second of all clients together, 0 for as many as are answered: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Draws the faults: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--dir",
            paramLabel = "D",
            description = "Where the cluster is laid out, and stays; a temporary directory unless given.")
    private Path directory = Path.of("");

    @Mixin
    private JvmOptions jvmOptions = new JvmOptions();

    SoakCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (kills < 0
                || pauses < 0
                || partitions < 0
                || pauseSeconds < 1
                || partitionSeconds < 1
                || minutes < 1
                || load < 1
                || outstanding < 1) {
            throw new UsageException("--kills, --pauses and --partitions are 0 or more, the others 1 or more");
        }
        if (rate != 0 && !(rate >= 1)) {
            throw new UsageException("--rate is 0, or 1 or more, not " + rate);
        }
        Protocols.require(protocol);
        InitCommand.requireNetwork(network);
        boolean temporary = directory.toString().isEmpty();
        Path cluster = temporary ? Files.createTempDirectory("parley-soak") : directory;
        boolean right;
        try (ProcessCluster processes =
                ProcessCluster.layOut(InitCommand.layout(protocol, VALIDATORS).network(network), cluster)) {
            right = soak(cluster, processes);
        }
        if (right && temporary) {
            ClusterLayout.delete(cluster);
        } else {
            screen.line("its files: " + cluster);
        }
        return right ? 0 : ExitCode.FAILED;
    }

    private boolean soak(Path cluster, ProcessCluster processes) throws IOException, InterruptedException {
        List<NodeProcess> nodes = processes.nodes();
        for (NodeProcess node : nodes) {
            NodeCommand.start(processes, node, jvmOptions.all());
        }
        for (NodeProcess node : nodes) {
            node.awaitReady();
        }
        StoreClients clients = StoreClients.of(cluster);
        History history = new History();
        List<ClusterClient<Batch, Replies>> sessions = new ArrayList<>();
        List<SoakLoad> loads = new ArrayList<>();
        for (int i = 0; i < load; i++) {
            sessions.add(clients.connect(
                    RedisStore.application().commands(),
                    RedisStore.application().results(),
                    i % VALIDATORS));
            loads.add(new SoakLoad(i, sessions.get(i), history, outstanding, rate / load, seed + i));
        }
        long begun = System.nanoTime();
        loads.forEach(Thread::start);
        List<Fault> plan = plan();
        int done = 0;
        Random random = new Random(seed);
        for (Fault fault : plan) {
            if (System.nanoTime() - begun > Duration.ofMinutes(minutes).toNanos()) {
                break;
            }
            done++;
            long before = history.acknowledged();
            NodeProcess victim = nodes.get(random.nextInt(VALIDATORS));
            strike(fault, victim, processes, random);
            screen.line(String.format(
                    "%6.1f s  %-9s v%d  %,d commands meanwhile, height %d",
                    (System.nanoTime() - begun) / 1e9,
                    fault.name().toLowerCase(java.util.Locale.ROOT),
                    victim.index(),
                    history.acknowledged() - before,
                    height(nodes)));
            Thread.sleep(REST_MILLIS);
        }
        for (SoakLoad load : loads) {
            load.finish();
        }
        double took = (System.nanoTime() - begun) / 1e9;
        List<String> wrong = new ArrayList<>();
        for (String counter : history.counters()) {
            wrong.addAll(history.check(counter, SoakLoad.read(sessions.getFirst(), counter)));
        }
        sessions.forEach(ClusterClient::close);
        settle(nodes).ifPresent(wrong::add);
        screen.line(String.format(
                "%d of %d faults in %.0f s; %,d commands acknowledged, %,d without an answer",
                done, plan.size(), took, history.acknowledged(), history.unknown()));
        if (done < plan.size()) {
            wrong.add("only " + done + " of " + plan.size() + " faults fitted into " + minutes + " minutes");
        }
        wrong.forEach(what -> screen.line(screen.paint("✗ " + what, Screen.Style.RED)));
        if (wrong.isEmpty()) {
            screen.line(screen.paint(
                    "✓ nothing acknowledged is lost, nothing was executed twice, the history is linearizable, one state",
                    Screen.Style.GREEN));
        }
        return wrong.isEmpty();
    }

    private List<Fault> plan() {
        List<Fault> plan = new ArrayList<>();
        plan.addAll(Collections.nCopies(kills, Fault.KILL));
        plan.addAll(Collections.nCopies(pauses, Fault.PAUSE));
        plan.addAll(Collections.nCopies(partitions, Fault.PARTITION));
        Collections.shuffle(plan, new Random(seed));
        return plan;
    }

    /** And mends it again: one validator of four is hit at a time, which is as many as may be. */
    private void strike(Fault fault, NodeProcess victim, ProcessCluster processes, Random random)
            throws IOException, InterruptedException {
        switch (fault) {
            case KILL -> {
                victim.signal("KILL");
                victim.awaitEnd();
                Thread.sleep(random.nextInt(2_000));
                NodeCommand.start(processes, victim, jvmOptions.all());
                victim.awaitReady();
            }
            case PAUSE -> {
                victim.signal("STOP");
                Thread.sleep(pauseSeconds * 1000L);
                victim.signal("CONT");
                victim.awaitReady();
            }
            case PARTITION -> {
                processes.isolate(victim.index());
                Thread.sleep(partitionSeconds * 1000L);
                processes.heal();
            }
        }
    }

    private static long height(List<NodeProcess> nodes) throws InterruptedException {
        long highest = 0;
        for (NodeProcess node : nodes) {
            highest = Math.max(
                    highest,
                    node.status().map(status -> status.path("height").asLong()).orElse(0L));
        }
        return highest;
    }

    /** Waits until all have one state at one height; what is wrong if they do not get there. */
    private static Optional<String> settle(List<NodeProcess> nodes) throws InterruptedException {
        long end = System.nanoTime() + SETTLING.toNanos();
        TreeSet<String> states = new TreeSet<>();
        while (System.nanoTime() < end) {
            states.clear();
            for (NodeProcess node : nodes) {
                states.add(node.state().orElse("v" + node.index() + " does not answer"));
            }
            if (states.size() == 1) {
                return Optional.empty();
            }
            Thread.sleep(POLL_MILLIS);
        }
        return Optional.of("after " + SETTLING + " the validators do not have one state: " + states);
    }
}
