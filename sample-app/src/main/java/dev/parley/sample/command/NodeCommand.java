package dev.parley.sample.command;

import dev.parley.testkit.cluster.NodeProcess;
import dev.parley.testkit.cluster.ProcessCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One validator of the Redis store, in this process. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs one validator of the replicated Redis store, as its node.conf says, until it is interrupted or stops by itself.",
            "Ends with 1 if it stopped by itself, and says why."
        })
final class NodeCommand implements Callable<Integer> {
    /**
     * The serial collector, for on a machine with two cores and several validators G1's own threads took a tenth of them. No timer is
     * shorter than 50 ms, and each tick wakes a thread. Looking for leaks is for tests.
     */
    private static final List<String> OPTIONS = List.of(
            "-XX:+UseSerialGC", "-Dpekko.scheduler.tick-duration=20ms", "-Dio.netty.leakDetection.level=disabled");

    /**
     * C2 compiles what has run eight times as often as it would by itself: by kept profiles it took a third of a start's processor time, for code that
     * mostly serves the start alone, and what answers commands waited for it in the first half minute.
     */
    private static final List<String> COMPILER = List.of(
            "-XX:Tier4InvocationThreshold=40000",
            "-XX:Tier4MinInvocationThreshold=4800",
            "-XX:Tier4CompileThreshold=120000",
            "-XX:Tier4BackEdgeThreshold=320000");

    /** From the beginning, so that the young generation is large and what a block leaves behind dead when it is collected. */
    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g");

    private final Screen screen;

    @Option(
            names = "--dir",
            paramLabel = "D/I",
            required = true,
            description = "The validator's directory, with its node.conf.")
    private Path directory = Path.of(".");

    @Option(
            names = "--byzantine",
            paramLabel = "BEHAVIOUR",
            description = "Makes it misbehave; may be given several times.")
    private List<String> byzantine = new ArrayList<>();

    /**
     * Starts a validator in a process that stays, if it does not run.
     *
     * @param behaviours by which it misbehaves
     */
    static void start(NodeProcess node, List<String> jvmOptions, List<String> behaviours) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(node.directory().toString());
        words.addAll(behaviours);
        node.start(options(jvmOptions), NodeProgram.class, words);
    }

    /** Starts a correct validator of a cluster that is laid out here, if it does not run. */
    static void start(ProcessCluster processes, NodeProcess node, List<String> jvmOptions) throws IOException {
        processes.start(
                node.index(),
                options(jvmOptions),
                NodeProgram.class,
                List.of(node.directory().toString()));
    }

    /** @param further with a heap of another size, if they say one */
    private static List<String> options(List<String> further) {
        List<String> options = new ArrayList<>(OPTIONS);
        options.addAll(COMPILER);
        if (further.stream().noneMatch(option -> option.startsWith("-Xm"))) {
            options.addAll(HEAP);
        }
        options.addAll(further);
        return options;
    }

    NodeCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        return NodeProgram.run(screen, directory, byzantine);
    }
}
