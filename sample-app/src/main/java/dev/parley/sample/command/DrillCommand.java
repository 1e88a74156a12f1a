package dev.parley.sample.command;

import dev.parley.client.remote.ClusterClient;
import dev.parley.testkit.cluster.ClusterLayout;
import dev.parley.testkit.cluster.LinkAttack;
import dev.parley.testkit.cluster.NodeProcess;
import dev.parley.testkit.cluster.ProcessCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Processes under load of which one is away, and what that costs the others. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs four validators in processes of their own under load and measures what it costs when one of them is away: how long it",
            "takes to be back in step, how much of the others' throughput that takes, what they hold in memory meanwhile, and how",
            "long a restart takes. A part is left out where its number is 0."
        })
final class DrillCommand implements Callable<Integer> {
    private static final int VALIDATORS = 4;
    private static final int VICTIM = 3;
    private static final long POLL_MILLIS = 50;
    /** Asked five times as often, two validators cost the log a quarter. */
    private static final long HEIGHT_POLL_MILLIS = 250;

    private static final long SETTLE_MILLIS = 5_000;
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final double MIB = 1 << 20;
    /** After a validator was killed. */
    private static final double SILENCE_SECONDS = 10;

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
            names = "--clients",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many clients: ${DEFAULT-VALUE}.")
    private int clients = 4;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            defaultValue = "200",
            description = "Commands of each under way: ${DEFAULT-VALUE}.")
    private int outstanding = 200;

    @Option(
            names = "--size",
            paramLabel = "B",
            defaultValue = "128",
            description = "The bytes of a command: ${DEFAULT-VALUE}.")
    private int size = 128;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            defaultValue = "60",
            description = "Seconds of load before anything is measured: ${DEFAULT-VALUE}.")
    private int warmup = 60;

    @Option(
            names = "--away",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "For how many commands a validator is killed: ${DEFAULT-VALUE}.")
    private long away = 1_000_000;

    @Option(
            names = "--catch-up-rate",
            paramLabel = "BYTES",
            defaultValue = "0",
            description =
                    "How many bytes of blocks it fetches in a second at the most when it is back, 0 for no bound: ${DEFAULT-VALUE}.")
    private long catchUpRate;

    @Option(
            names = "--pause-seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "For how long one is stopped: ${DEFAULT-VALUE}.")
    private int pauseSeconds = 60;

    @Option(
            names = "--pauses",
            paramLabel = "K",
            defaultValue = "1",
            description = {
                "How often it is stopped, one time after the other: ${DEFAULT-VALUE}. The first return has code compiled that has never",
                "run; later ones take about half as long."
            })
    private int pauses = 1;

    @Option(
            names = "--restarts",
            paramLabel = "K",
            defaultValue = "20",
            description = "How often one is killed and started again: ${DEFAULT-VALUE}.")
    private int restarts = 20;

    @Option(
            names = "--restart-rate",
            paramLabel = "R",
            defaultValue = "100",
            description =
                    "How many commands a second there are meanwhile; where they need all cores, a start waits for them: ${DEFAULT-VALUE}.")
    private int restartRate = 100;

    @Option(
            names = "--attack-seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = {
                "On links: for how long a process with the key of one does each of what 'parley attack' knows, while the other three go on:",
                "${DEFAULT-VALUE}."
            })
    private int attackSeconds = 5;

    @Option(
            names = "--attack",
            paramLabel = "KIND",
            completionCandidates = AttackCommand.KindNames.class,
            description = "Which of them; all, one after the other, unless given.")
    private List<String> attacks = List.of();

    @Option(
            names = "--blocks",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "How many blocks all have on disk before the restarts, none of them pruned: ${DEFAULT-VALUE}.")
    private long blocks;

    @Option(
            names = "--own-processor",
            description = {
                "On Linux with 'taskset': the one that is away has the last processor for itself, as if on a machine of its own, and all",
                "others have the rest."
            })
    private boolean ownProcessor;

    /** The victim's; null if all share all. */
    private @Nullable OwnProcessor own;

    @Mixin
    private JvmOptions jvmOptions = new JvmOptions();

    DrillCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (clients < 1
                || outstanding < 1
                || size < 0
                || warmup < 1
                || away < 0
                || catchUpRate < 0
                || pauseSeconds < 0
                || pauses < 0
                || restarts < 0
                || restartRate < 1
                || attackSeconds < 0
                || blocks < 0) {
            throw new UsageException(
                    "--clients, --outstanding, --warmup and --restart-rate are 1 or more, the others 0 or more");
        }
        Protocols.require(protocol);
        List<LinkAttack.Kind> kinds = AttackCommand.kinds(attacks);
        InitCommand.requireNetwork(network);
        if (ownProcessor) {
            own = OwnProcessor.leave();
        }
        Path directory = Files.createTempDirectory("parley-drill");
        ClusterLayout layout = InitCommand.layout(protocol, VALIDATORS)
                .network(network)
                .shared("parley.validator.catch-up-bytes-per-second = " + catchUpRate + "\n"
                        + (blocks == 0 ? "" : "parley.storage.keep-blocks = " + 2 * blocks + "\n"));
        try (ProcessCluster processes = ProcessCluster.layOutDirectly(layout, directory)) {
            for (NodeProcess node : processes.nodes()) {
                start(processes, node);
            }
            for (NodeProcess node : processes.nodes()) {
                node.awaitReady();
            }
            drill(processes, StoreClients.of(directory), kinds);
        }
        ClusterLayout.delete(directory);
        return 0;
    }

    private void start(ProcessCluster processes, NodeProcess node) throws IOException, InterruptedException {
        NodeCommand.start(processes, node, jvmOptions.all());
        if (node.index() == VICTIM && own != null) {
            own.give(handle(node));
        }
    }

    private void drill(ProcessCluster processes, StoreClients store, List<LinkAttack.Kind> kinds)
            throws IOException, InterruptedException {
        List<ClusterClient<byte[], byte[]>> sessions = sessions(store, clients);
        LoadDriver load = new LoadDriver(sessions, outstanding, size);
        load.begin();
        Thread.sleep(warmup * 1000L);
        if (away > 0) {
            beAway(processes, load);
        }
        for (int i = 0; i < pauses && pauseSeconds > 0; i++) {
            pause(processes, load);
        }
        if (attackSeconds > 0 && network.equals("links")) {
            attack(processes, load, kinds);
        }
        end(load, sessions);
        if (restarts > 0) {
            restart(processes, store);
        }
    }

    private static void end(LoadDriver load, List<ClusterClient<byte[], byte[]>> sessions) {
        load.stop();
        sessions.forEach(ClusterClient::close);
    }

    private static List<ClusterClient<byte[], byte[]>> sessions(StoreClients store, int count) {
        List<ClusterClient<byte[], byte[]>> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Not the one that will be away: its clients would wait for it first.
            sessions.add(store.connect(new SetCodec(), new SetCodec(), i % VICTIM));
        }
        return sessions;
    }

    /** While nobody is away. */
    private Throughput usual(LoadDriver load, NodeProcess victim) throws InterruptedException {
        Stretch all = new Stretch(load, handle(victim));
        Thread.sleep(Math.min(warmup, 20) * 1000L);
        return all.throughput();
    }

    private void beAway(ProcessCluster processes, LoadDriver load) throws IOException, InterruptedException {
        NodeProcess victim = processes.nodes().get(VICTIM);
        Throughput whole = usual(load, victim);
        victim.signal("KILL");
        victim.awaitEnd();
        Stretch gone = new Stretch(load);
        double silence = longestSilence(load, SILENCE_SECONDS);
        while (gone.commands() < away) {
            Thread.sleep(POLL_MILLIS);
        }
        double without = gone.perSecond();
        start(processes, victim);
        Stretch back = new Stretch(load, handle(victim));
        victim.awaitReady(LIMIT);
        double ready = back.seconds();
        awaitInStep(processes.nodes());
        double inStep = back.seconds();
        screen.line(String.format(
                Locale.ROOT,
                "away      %,d commands: %,.0f/s before, silent for at most %.1f s, %,.0f/s without it; takes part after %.1f s,"
                        + " in step after %.1f s, %s",
                away,
                whole.perSecond(),
                silence,
                without,
                ready,
                inStep,
                meanwhile(back.throughput(), whole)));
    }

    private void pause(ProcessCluster processes, LoadDriver load) throws IOException, InterruptedException {
        List<NodeProcess> nodes = processes.nodes();
        NodeProcess victim = nodes.get(VICTIM);
        double[] before = heaps(nodes);
        Throughput whole = usual(load, victim);
        victim.signal("STOP");
        Stretch gone = new Stretch(load);
        double waiting = 0;
        while (gone.seconds() < pauseSeconds) {
            for (NodeProcess node : nodes.subList(0, VICTIM)) {
                waiting = Math.max(waiting, node.metric("parley_link_outstanding_bytes{peer=\"v" + VICTIM + "\"}"));
            }
            Thread.sleep(1000);
        }
        double[] paused = heaps(nodes.subList(0, VICTIM));
        // The collections for it held up the others, which is not to be counted as what the return costs them.
        Thread.sleep(SETTLE_MILLIS);
        long missed = gone.commands();
        victim.signal("CONT");
        Stretch back = new Stretch(load, handle(victim));
        awaitInStep(nodes);
        double took = back.seconds();
        Throughput meanwhile = back.throughput();
        double[] after = heaps(nodes);
        screen.line(String.format(
                Locale.ROOT,
                "paused    %d s, %,d commands: %,.0f/s before, in step after %.1f s, %s; at most %.1f MiB wait for it at another; live heaps in MiB: before %s,"
                        + " at the end of the pause %s, in step again %s",
                pauseSeconds,
                missed,
                whole.perSecond(),
                took,
                meanwhile(meanwhile, whole),
                waiting / MIB,
                mebibytes(before),
                mebibytes(paused),
                mebibytes(after)));
    }

    private void attack(ProcessCluster processes, LoadDriver load, List<LinkAttack.Kind> kinds)
            throws IOException, InterruptedException {
        List<NodeProcess> nodes = processes.nodes();
        NodeProcess victim = nodes.get(VICTIM);
        List<NodeProcess> honest = nodes.subList(0, VICTIM);
        victim.signal("KILL");
        victim.awaitEnd();
        // The others find out that it is gone, and pass over it.
        Thread.sleep(attackSeconds * 1000L);
        for (LinkAttack.Kind kind : kinds) {
            Stretch alone = new Stretch(load);
            Thread.sleep(attackSeconds * 1000L);
            Throughput before = alone.throughput();
            double refusedBefore = refusals(honest);
            Process attacker = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ParleyCommand.class.getName(),
                            "attack",
                            "--dir",
                            victim.directory().toString(),
                            "--kind",
                            kind.text(),
                            "--seconds",
                            Integer.toString(attackSeconds))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (own != null) {
                own.give(attacker.toHandle());
            }
            BufferedReader says = attacker.inputReader(StandardCharsets.UTF_8);
            if (!AttackCommand.BEGINS.equals(says.readLine())) {
                throw new FailedException("the attacker does not begin");
            }
            Stretch under = new Stretch(load, attacker.toHandle());
            String said = says.readLine();
            Throughput meanwhile = under.throughput();
            attacker.waitFor();
            screen.line(String.format(
                    Locale.ROOT,
                    "attack    %s; %,.0f/s before, %s, %,.0f refusals counted, live heaps in MiB: %s",
                    said,
                    before.perSecond(),
                    meanwhile(meanwhile, before),
                    refusals(honest) - refusedBefore,
                    mebibytes(heaps(honest))));
        }
        start(processes, victim);
        victim.awaitReady(LIMIT);
    }

    private static double refusals(List<NodeProcess> nodes) throws InterruptedException {
        double refusals = 0;
        for (NodeProcess node : nodes) {
            refusals += node.metric("parley_link_refusals_total{peer=\"v" + VICTIM + "\"");
        }
        return refusals;
    }

    private void restart(ProcessCluster processes, StoreClients store) throws IOException, InterruptedException {
        // One command of each: as many blocks as there can be.
        List<ClusterClient<byte[], byte[]>> sessions = sessions(store, clients);
        LoadDriver load = new LoadDriver(sessions, 1, size);
        load.begin();
        List<NodeProcess> nodes = processes.nodes();
        NodeProcess victim = nodes.get(VICTIM);
        while (height(victim) < blocks) {
            Thread.sleep(1000);
        }
        end(load, sessions);
        // There is something to be in step with, and processor time for a start.
        sessions = sessions(store, 1);
        load = new LoadDriver(sessions, outstanding, size);
        load.beginAt(restartRate);
        long onDisk = height(victim);
        double[] voted = new double[restarts];
        double[] inStep = new double[restarts];
        for (int i = 0; i < restarts; i++) {
            victim.signal("KILL");
            victim.awaitEnd();
            double begun = System.currentTimeMillis() / 1e3;
            Stretch back = new Stretch(load);
            start(processes, victim);
            victim.awaitReady(LIMIT);
            awaitInStep(nodes);
            inStep[i] = back.seconds();
            voted[i] = firstVote(victim) - begun;
        }
        end(load, sessions);
        screen.line(String.format(
                Locale.ROOT,
                "restarts  %d with %,d blocks on disk and %d commands/s: from the start of the process until it votes %s, until it says that it"
                        + " takes part and is in step %s",
                restarts,
                onDisk,
                restartRate,
                percentiles(voted),
                percentiles(inStep)));
    }

    /** In seconds of Unix time. */
    private static double firstVote(NodeProcess node) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        double at = 0;
        while (at == 0) {
            if (System.nanoTime() > end) {
                throw new FailedException("v" + VICTIM + " does not vote");
            }
            Thread.sleep(POLL_MILLIS);
            at = node.metric("parley_first_vote_timestamp_seconds");
        }
        return at;
    }

    private static String percentiles(double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "p50 %.1f s, p99 %.1f s, at most %.1f s",
                sorted[sorted.length / 2],
                sorted[(int) Math.ceil(sorted.length * 0.99) - 1],
                sorted[sorted.length - 1]);
    }

    /** How long nobody was answered, at most, in seconds. */
    private static double longestSilence(LoadDriver load, double seconds) throws InterruptedException {
        double longest = 0;
        Stretch whole = new Stretch(load);
        Stretch silent = whole;
        while (whole.seconds() < seconds) {
            if (silent.commands() > 0) {
                silent = new Stretch(load);
            }
            longest = Math.max(longest, silent.seconds());
            Thread.sleep(1);
        }
        return longest;
    }

    /** Until the victim has decided what the first had decided a moment before. */
    private static void awaitInStep(List<NodeProcess> nodes) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        for (long wanted = height(nodes.getFirst());
                height(nodes.get(VICTIM)) < wanted;
                wanted = height(nodes.getFirst())) {
            if (System.nanoTime() > end) {
                throw new FailedException("v" + VICTIM + " is not in step after " + LIMIT);
            }
            Thread.sleep(HEIGHT_POLL_MILLIS);
        }
    }

    private static long height(NodeProcess node) throws InterruptedException {
        return node.status().map(status -> status.path("height").asLong()).orElse(0L);
    }

    private static ProcessHandle handle(NodeProcess node) {
        return node.process().orElseThrow(() -> new FailedException("a validator has ended"));
    }

    /** What is reachable in each, in bytes. */
    private static double[] heaps(List<NodeProcess> nodes) throws IOException, InterruptedException {
        double[] heaps = new double[nodes.size()];
        for (int i = 0; i < heaps.length; i++) {
            long pid = handle(nodes.get(i)).pid();
            new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid),
                            "GC.run")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            heaps[i] = nodes.get(i).metric("jvm_memory_used_bytes{area=\"heap\"");
        }
        return heaps;
    }

    private static String mebibytes(double[] bytes) {
        return Arrays.toString(
                Arrays.stream(bytes).mapToLong(each -> Math.round(each / MIB)).toArray());
    }

    private String meanwhile(Throughput meanwhile, Throughput before) {
        return String.format(
                Locale.ROOT,
                "%,.0f/s meanwhile (%+.0f %%%s)",
                meanwhile.perSecond(),
                100 * (meanwhile.perSecond() / before.perSecond() - 1),
                own != null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", its processor time counted out %+.0f %%",
                                100 * (meanwhile.perSecondLeft() / before.perSecondLeft() - 1)));
    }

    /** @param perSecondLeft for each second of each core that the process apart left to the others */
    private record Throughput(double perSecond, double perSecondLeft) {}

    /** From its making on. */
    private static final class Stretch {
        private final LoadDriver load;
        private final @Nullable ProcessHandle apart;
        private final long begun = System.nanoTime();
        private final long before;
        private final double processorBefore;

        Stretch(LoadDriver load) {
            this(load, null);
        }

        /** @param apart whose processor time is counted out, as if it had a machine of its own */
        Stretch(LoadDriver load, @Nullable ProcessHandle apart) {
            this.load = load;
            this.apart = apart;
            this.before = load.answered();
            this.processorBefore = processorSeconds();
        }

        long commands() {
            return load.answered() - before;
        }

        double seconds() {
            return (System.nanoTime() - begun) / 1e9;
        }

        double perSecond() {
            return throughput().perSecond();
        }

        Throughput throughput() {
            long commands = commands();
            double seconds = seconds();
            double left = Runtime.getRuntime().availableProcessors() * seconds - (processorSeconds() - processorBefore);
            return new Throughput(commands / seconds, commands / left);
        }

        private double processorSeconds() {
            return apart == null
                    ? 0
                    : apart.info()
                            .totalCpuDuration()
                            .map(spent -> spent.toMillis() / 1e3)
                            .orElse(Double.NaN);
        }
    }
}
