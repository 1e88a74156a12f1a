package dev.parley.benchmarks.peers;

import dev.parley.benchmarks.peers.Load.Measured;
import dev.parley.benchmarks.peers.Load.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The client of a contender, in a process of its own: CONTENDER DIRECTORY SECONDS WARMUP PORT… Tells when a stretch begins and ends, so that
 * whoever started it can read the clocks of all processes, and then what came of it.
 */
final class ClientProcess {
    static final String BEGIN = "begin ";
    static final String END = "end ";
    static final String RESULT = "result ";

    private static final int COMMAND_BYTES = 128;
    private static final int SESSIONS = 4;
    private static final int OUTSTANDING = 500;
    private static final double MODERATE = 1000;

    private ClientProcess() {}

    /** Each begins with a warm-up of its own: other code runs, and what was compiled for the load before is compiled anew. */
    static List<Shape> shapes(double warmupSeconds, double seconds) {
        return List.of(
                Shape.closed("loaded", SESSIONS, OUTSTANDING, warmupSeconds, seconds),
                Shape.open("1,000/s", SESSIONS, MODERATE, warmupSeconds, seconds),
                Shape.closed("lone", 1, 1, warmupSeconds, seconds));
    }

    public static void main(String[] arguments) {
        Lifeline.hold();
        Contender contender = Contender.named(arguments[0]);
        Path directory = Path.of(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        double warmup = Double.parseDouble(arguments[3]);
        List<Integer> ports = ServerProcess.ports(arguments, 4);
        int[] connected = {0};
        try (Load load = new Load(
                SESSIONS,
                COMMAND_BYTES,
                answers -> contender.connect(connected[0]++, directory, ports, answers),
                System::nanoTime)) {
            for (Shape shape : shapes(warmup, seconds)) {
                Measured measured = load.run(
                        shape,
                        () -> System.out.println(BEGIN + shape.title()),
                        () -> System.out.println(END + shape.title()));
                System.out.println(RESULT + told(measured));
            }
        }
        // Some contenders leave threads behind that are no daemons.
        System.exit(0);
    }

    /** {@code answered seconds p50 p99 failed}, latencies in milliseconds. */
    private static String told(Measured measured) {
        Histogram latency = measured.latencyNanos();
        return String.format(
                Locale.ROOT,
                "%d %.3f %.3f %.3f %d",
                measured.answered(),
                measured.seconds(),
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6,
                measured.failed());
    }
}
