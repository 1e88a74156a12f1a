package dev.parley.benchmarks.peers;

import dev.parley.benchmarks.peers.Load.Shape;
import dev.parley.testkit.cluster.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Runs all contenders in turn, round by round, under the same load, and prints a table of medians with least and most: {@code [--rounds N]
 * [--seconds S] [--warmup S] [CONTENDER…]}. Nothing else should run on the machine meanwhile.
 */
public final class PeerComparison {
    private int rounds = 3;
    private double seconds = 8;
    private double warmup = 20;
    private final List<Contender> contenders = new ArrayList<>();
    private final List<Figures> all = new ArrayList<>();

    private PeerComparison() {}

    /** What one stretch of load gave; CPU time is that of all processes, the client's too. */
    private record Figures(
            Contender contender,
            String load,
            double perSecond,
            double p50Millis,
            double p99Millis,
            double cpuMicrosPerCommand,
            int failed) {
        /** @param told {@code answered seconds p50 p99 failed} */
        static Figures of(Contender contender, String load, String told, Duration cpu) {
            String[] words = told.split(" ", -1);
            long answered = Long.parseLong(words[0]);
            return new Figures(
                    contender,
                    load,
                    answered / Double.parseDouble(words[1]),
                    Double.parseDouble(words[2]),
                    Double.parseDouble(words[3]),
                    cpu.toNanos() / 1e3 / Math.max(1, answered),
                    Integer.parseInt(words[4]));
        }
    }

    public static void main(String[] arguments) throws IOException {
        PeerComparison comparison = new PeerComparison();
        comparison.read(arguments);
        comparison.run();
    }

    private void read(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
                case "--seconds" -> seconds = Double.parseDouble(arguments[++i]);
                case "--warmup" -> warmup = Double.parseDouble(arguments[++i]);
                default -> contenders.add(Contender.named(arguments[i]));
            }
        }
        if (contenders.isEmpty()) {
            contenders.addAll(Arrays.asList(Contender.values()));
        }
    }

    private void run() throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%d rounds, each %s; of each load %.0f s of warm-up, %.0f s measured; 128-byte commands, echoed; logs on disk, synced%n",
                rounds,
                contenders.stream().map(Contender::title).toList(),
                warmup,
                seconds);
        for (int round = 1; round <= rounds; round++) {
            for (Contender contender : contenders) {
                play(contender, round);
            }
        }
        table();
    }

    private void play(Contender contender, int round) throws IOException {
        Path directory = Files.createTempDirectory("peers-" + contender.title());
        List<ChildProcess> running = new ArrayList<>();
        try {
            List<Integer> ports = FreePorts.take(contender.servers() * Contender.PORTS_EACH);
            List<String> portWords = ports.stream().map(String::valueOf).toList();
            contender.lay(directory, ports);
            for (int i = 0; i < contender.servers(); i++) {
                List<String> words =
                        new ArrayList<>(List.of(contender.name(), Integer.toString(i), directory.toString()));
                words.addAll(portWords);
                running.add(new ChildProcess(ServerProcess.class, directory.resolve(i + ".log"), words));
            }
            for (ChildProcess server : running) {
                server.await(ServerProcess.READY);
            }
            List<String> words = new ArrayList<>(
                    List.of(contender.name(), directory.toString(), Double.toString(seconds), Double.toString(warmup)));
            words.addAll(portWords);
            ChildProcess client = new ChildProcess(ClientProcess.class, directory.resolve("client.log"), words);
            running.add(client);
            for (Shape shape : ClientProcess.shapes(warmup, seconds)) {
                client.await(ClientProcess.BEGIN + shape.title());
                Duration before = cpu(running);
                client.await(ClientProcess.END + shape.title());
                Duration used = cpu(running).minus(before);
                Figures figures = Figures.of(contender, shape.title(), client.await(ClientProcess.RESULT), used);
                all.add(figures);
                System.out.printf(
                        Locale.ROOT,
                        "round %d  %-6s  %-7s  %,9.0f/s  p50 %.2f ms  p99 %.2f ms  CPU %.1f us each%s%n",
                        round,
                        contender.title(),
                        shape.title(),
                        figures.perSecond(),
                        figures.p50Millis(),
                        figures.p99Millis(),
                        figures.cpuMicrosPerCommand(),
                        figures.failed() == 0 ? "" : "  FAILED " + figures.failed());
            }
        } catch (IOException e) {
            for (String log : List.of("client.log", "0.log")) {
                Path file = directory.resolve(log);
                if (Files.exists(file)) {
                    System.err.println(log + ":\n" + Files.readString(file));
                }
            }
            throw e;
        } finally {
            running.reversed().forEach(ChildProcess::close);
            delete(directory);
        }
    }

    private static Duration cpu(List<ChildProcess> processes) {
        return processes.stream().map(ChildProcess::cpu).reduce(Duration.ZERO, Duration::plus);
    }

    private void table() {
        System.out.println();
        System.out.println(
                "| load | log | commands/s | p50 ms | p99 ms | CPU µs per command | commands/s to Aeron's |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (Shape shape : ClientProcess.shapes(warmup, seconds)) {
            List<Figures> aeron = figures(Contender.AERON, shape);
            for (Contender contender : contenders) {
                List<Figures> figures = figures(contender, shape);
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %s | %s | %s | %s | %s | %s |%n",
                        shape.title(),
                        contender.title(),
                        spread(figures, Figures::perSecond, "%,.0f"),
                        spread(figures, Figures::p50Millis, "%.2f"),
                        spread(figures, Figures::p99Millis, "%.2f"),
                        spread(figures, Figures::cpuMicrosPerCommand, "%,.1f"),
                        aeron.isEmpty()
                                ? ""
                                : String.format(
                                        Locale.ROOT,
                                        "%.3f",
                                        median(figures, Figures::perSecond) / median(aeron, Figures::perSecond)));
            }
        }
    }

    private List<Figures> figures(Contender contender, Shape shape) {
        return all.stream()
                .filter(figures ->
                        figures.contender() == contender && figures.load().equals(shape.title()))
                .toList();
    }

    /** Median, least and most. */
    private static String spread(List<Figures> figures, ToDoubleFunction<Figures> of, String format) {
        double[] sorted = figures.stream().mapToDouble(of).sorted().toArray();
        return String.format(
                Locale.ROOT,
                format + " (" + format + " to " + format + ")",
                sorted[sorted.length / 2],
                sorted[0],
                sorted[sorted.length - 1]);
    }

    private static double median(List<Figures> figures, ToDoubleFunction<Figures> of) {
        double[] sorted = figures.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
