package dev.parley.sample.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.testkit.cluster.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the processes of a cluster on this machine, and breaks them. */
@Command(
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Runs the validators that 'parley init' laid out, in processes of their own on this machine, and breaks them.")
final class ClusterCommand implements Runnable {
    /** One that keeps its code for the next start takes some ten seconds for it. */
    private static final Duration STOP = Duration.ofSeconds(60);

    /** A process that ends earlier has compiled too little for its code to be worth keeping. */
    private static final Duration WARM = Duration.ofSeconds(30);

    private static final long POLL_MILLIS = 200;

    private final Screen screen;

    ClusterCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public void run() {
        throw new UsageException("which? There are up, down, kill, pause, resume, partition, heal, status and logs");
    }

    @Command(
            name = "up",
            mixinStandardHelpOptions = true,
            description = "Starts those that do not run, and waits until all take part.")
    int up(
            @Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory,
            @Option(
                            names = "--byzantine",
                            paramLabel = "ID=BEHAVIOUR",
                            description = "Starts validator ID so that it misbehaves.")
                    List<String> byzantine,
            @Mixin JvmOptions jvmOptions)
            throws IOException, InterruptedException {
        List<NodeProcess> nodes = NodeProcess.of(directory);
        for (NodeProcess node : nodes) {
            List<String> behaviours = new ArrayList<>();
            for (String word : byzantine == null ? List.<String>of() : byzantine) {
                if (word.startsWith(node.index() + "=")) {
                    behaviours.add(word.substring(word.indexOf('=') + 1));
                }
            }
            NodeCommand.start(node, jvmOptions.all(), behaviours);
        }
        for (NodeProcess node : nodes) {
            node.awaitReady();
            screen.line("v" + node.index() + " takes part, process "
                    + node.process().map(ProcessHandle::pid).orElse(-1L));
        }
        return 0;
    }

    @Command(name = "down", mixinStandardHelpOptions = true, description = "Ends all of them in order.")
    int down(@Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory)
            throws IOException, InterruptedException {
        List<NodeProcess> running = NodeProcess.of(directory).stream()
                .filter(node -> node.process().isPresent())
                .toList();
        List<NodeProcess> warm =
                running.stream().filter(node -> node.runsSince(WARM)).toList();
        for (NodeProcess node : running) {
            node.signal("CONT");
            node.signal("TERM");
        }
        long end = System.nanoTime() + STOP.toNanos();
        for (NodeProcess node : running) {
            boolean keeps = warm.contains(node);
            while (node.process().isPresent()) {
                if (System.nanoTime() > end) {
                    keeps = false;
                    node.signal("KILL");
                }
                Thread.sleep(POLL_MILLIS);
            }
            if (keeps) {
                node.takeWhatItKept();
            }
        }
        screen.line(running.size() + " ended");
        return 0;
    }

    @Command(
            name = "kill",
            mixinStandardHelpOptions = true,
            description = "Ends one as a crash would (kill -9); 'up' starts it again.")
    int kill(
            @Parameters(paramLabel = "I", description = "Its index.") int index,
            @Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory)
            throws IOException, InterruptedException {
        NodeProcess node = node(directory, index);
        node.signal("KILL");
        node.awaitEnd();
        return 0;
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Stops one where it is (SIGSTOP).")
    int pause(
            @Parameters(paramLabel = "I", description = "Its index.") int index,
            @Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory)
            throws IOException, InterruptedException {
        node(directory, index).signal("STOP");
        return 0;
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Lets a paused one go on (SIGCONT).")
    int resume(
            @Parameters(paramLabel = "I", description = "Its index.") int index,
            @Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory)
            throws IOException, InterruptedException {
        node(directory, index).signal("CONT");
        return 0;
    }

    @Command(
            name = "partition",
            mixinStandardHelpOptions = true,
            description =
                    "Parts one group from the others: 'partition 0 1' loses all between v0, v1 and the rest. Each process loses its own part.")
    int partition(
            @Parameters(arity = "1..*", paramLabel = "I", description = "The group.") List<Integer> group,
            @Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory)
            throws InterruptedException {
        List<NodeProcess> nodes = NodeProcess.of(directory);
        TreeSet<Integer> one = new TreeSet<>();
        for (int index : group) {
            one.add(require(nodes, index).index());
        }
        for (NodeProcess node : nodes) {
            for (NodeProcess other : nodes) {
                if (one.contains(node.index()) != one.contains(other.index())) {
                    node.fault("cut/" + other.index());
                }
            }
        }
        screen.line("v" + one + " cannot reach the others");
        return 0;
    }

    @Command(name = "heal", mixinStandardHelpOptions = true, description = "Ends all partitions.")
    int heal(@Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory)
            throws InterruptedException {
        for (NodeProcess node : NodeProcess.of(directory)) {
            if (node.process().isPresent()) {
                node.fault("heal");
            }
        }
        return 0;
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "Who is where, and what each waits for.")
    int status(
            @Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory,
            @Option(names = "--json", description = "Print one line of JSON for each.") boolean json)
            throws InterruptedException {
        int answering = 0;
        for (NodeProcess node : NodeProcess.of(directory)) {
            Optional<JsonNode> status = node.status();
            answering += status.isPresent() ? 1 : 0;
            if (json) {
                screen.line(status.map(JsonNode::toString)
                        .orElse("{\"validator\":" + node.index() + ",\"running\":"
                                + node.process().isPresent() + "}"));
            } else {
                screen.line("v" + node.index() + "  "
                        + status.map(ClusterCommand::told)
                                .orElse(node.process().isPresent() ? "runs and does not answer" : "does not run"));
            }
        }
        return answering == 0 ? ExitCode.FAILED : 0;
    }

    private static String refused(JsonNode peers) {
        StringBuilder text = new StringBuilder();
        for (JsonNode peer : peers) {
            text.append("; refuses v")
                    .append(peer.path("peer").asInt())
                    .append(": ")
                    .append(peer.path("what").asText())
                    .append(peer.path("proven").asBoolean() ? "" : " (not proven)");
        }
        return text.toString();
    }

    private static String told(JsonNode status) {
        return "height " + status.path("height").asLong() + ", "
                + status.path("view").asText() + ", waits for "
                + status.path("waitsFor").asText() + " ("
                + status.path("have").asLong() + " of "
                + status.path("need").asLong() + ", missing " + status.path("missing") + "), timer "
                + status.path("timer").asText()
                + (status.path("cut").isEmpty() ? "" : ", cut off from " + status.path("cut"))
                + refused(status.path("refusedPeers"));
    }

    @Command(name = "logs", mixinStandardHelpOptions = true, description = "The last lines of each one's log.")
    int logs(@Option(names = "--dir", required = true, paramLabel = "D", description = "The cluster.") Path directory) {
        for (NodeProcess node : NodeProcess.of(directory)) {
            screen.line("v" + node.index() + "  " + node.log());
            node.tail().forEach(line -> screen.line("  " + line));
        }
        return 0;
    }

    private static NodeProcess node(Path directory, int index) {
        return require(NodeProcess.of(directory), index);
    }

    private static NodeProcess require(List<NodeProcess> nodes, int index) {
        if (index < 0 || index >= nodes.size()) {
            throw new UsageException("there is no validator " + index + ": they are 0 to " + (nodes.size() - 1));
        }
        return nodes.get(index);
    }
}
