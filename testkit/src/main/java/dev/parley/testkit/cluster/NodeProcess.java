package dev.parley.testkit.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One validator's process on this machine, started from its directory and found again by its number in {@code pid}. Not thread-safe, but for
 * questions to the process.
 */
public final class NodeProcess {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER = Duration.ofSeconds(6);
    private static final Duration START = Duration.ofMinutes(3);
    private static final long STOP_SECONDS = 10;
    private static final long KEEP_SECONDS = 180;
    private static final long POLL_MILLIS = 50;
    private static final int TAIL_LINES = 15;
    private static final int FIRST_JDK_THAT_WARNS = 23;

    private final int index;
    private final Path directory;
    private final String admin;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(2))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    /** Whether its process keeps its code as it ends in order. */
    private boolean keeps;

    private NodeProcess(int index, Path directory, String admin) {
        this.index = index;
        this.directory = directory;
        this.admin = admin;
    }

    /** All of the cluster that is laid out there. */
    public static List<NodeProcess> of(Path cluster) {
        Config config = ClusterLayout.shared(cluster);
        List<String> admins = config.getStringList("parley.admin.addresses");
        List<NodeProcess> nodes = new ArrayList<>();
        for (int i = 0; i < admins.size(); i++) {
            nodes.add(new NodeProcess(i, cluster.resolve(Integer.toString(i)), admins.get(i)));
        }
        return nodes;
    }

    public int index() {
        return index;
    }

    public Path log() {
        return directory.resolve("node.log");
    }

    /** The process that runs; empty if none does. A number that another program has by now is nobody's. */
    public Optional<ProcessHandle> process() {
        try {
            long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
            return ProcessHandle.of(pid).filter(this::isOurs);
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether its process has run for so long; false if it has none. */
    public boolean runsSince(Duration least) {
        return process()
                .flatMap(process -> process.info().startInstant())
                .filter(start -> start.plus(least).isBefore(Instant.now()))
                .isPresent();
    }

    private boolean isOurs(ProcessHandle process) {
        return process.isAlive()
                && process.info().arguments().stream().flatMap(Arrays::stream).anyMatch(mark()::equals);
    }

    /** The argument by which its process is known. */
    String mark() {
        return "-Dparley.node.directory=" + directory();
    }

    /** Where its files are. */
    public Path directory() {
        return directory.toAbsolutePath().normalize();
    }

    /**
     * Starts it, if it does not run, as a process that stays when this one ends. It begins with the classes and
     * the profiles that an earlier one has kept: without, a third of all processor time of the first minutes is the compiler's, and most code waits for
     * it. If none has, the first validator's keeps its own as it ends in order; see {@link #takeWhatItKept}.
     *
     * @param jvmOptions beside those that Parley needs; of two that contradict each other the later one counts
     * @param main the class whose {@code main} runs a validator
     * @param arguments for it
     */
    public void start(List<String> jvmOptions, Class<?> main, List<String> arguments) throws IOException {
        start(jvmOptions, main, arguments, AheadOfTime.ofThisProgram(), index == 0);
    }

    /** @param keeping whether it is to keep its code, if nothing was kept yet */
    void start(List<String> jvmOptions, Class<?> main, List<String> arguments, AheadOfTime code, boolean keeping)
            throws IOException {
        if (process().isPresent()) {
            return;
        }
        Optional<Path> kept = code.kept();
        keeps = keeping && kept.isEmpty() && code.isPossible();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(mark());
        command.add("--enable-native-access=ALL-UNNAMED");
        if (Runtime.version().feature() >= FIRST_JDK_THAT_WARNS) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        for (String handedOn : List.of("parley.log.format", "parley.log.level")) {
            String value = System.getProperty(handedOn);
            if (value != null) {
                command.add("-D" + handedOn + "=" + value);
            }
        }
        kept.ifPresent(file -> command.add("-XX:AOTCache=" + file));
        if (keeps) {
            command.add("-XX:AOTCacheOutput=" + newlyKept());
        }
        command.addAll(jvmOptions);
        command.addAll(List.of("@" + file(code.classPath()), main.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        process.getOutputStream().close();
        Files.writeString(directory.resolve("pid"), process.pid() + "\n");
    }

    private Path newlyKept() {
        return directory.resolve("code.aot").toAbsolutePath().normalize();
    }

    /** After it has ended in order: what it kept is there for all that start from now on. */
    public void takeWhatItKept() throws IOException {
        takeWhatItKept(AheadOfTime.ofThisProgram());
    }

    private void takeWhatItKept(AheadOfTime code) throws IOException {
        if (Files.exists(newlyKept())) {
            code.take(newlyKept());
        }
    }

    /** In a file: a command line with all of it would be too long to be known again. */
    private Path file(String classPath) throws IOException {
        Path file = directory.resolve("java.args");
        Files.writeString(file, "-cp \"" + classPath.replace("\\", "\\\\") + "\"\n");
        return file.toAbsolutePath().normalize();
    }

    /** @throws ClusterException with the last lines of its log, if it ends, or does not take part in time */
    public void awaitReady() throws InterruptedException {
        awaitReady(START);
    }

    /** @throws ClusterException with the last lines of its log, if it ends, or does not take part in time */
    public void awaitReady(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!isReady()) {
            boolean gone = process().isEmpty();
            if (gone || System.nanoTime() > end) {
                throw new ClusterException("v" + index + (gone ? " has ended" : " does not take part after " + patience)
                        + "; " + log() + " ends with: " + String.join(" / ", tail()));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Waits until nothing is left of its process. */
    public void awaitEnd() throws InterruptedException {
        while (process().isPresent()) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Ends its process, if it has one, as a crash would. */
    public void destroy() {
        process().ifPresent(process -> {
            process.destroyForcibly();
            process.onExit()
                    .orTimeout(STOP_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(late -> process)
                    .join();
        });
    }

    /** Ends its process, if it has one: in order if it keeps its code, which takes it some seconds, and else as a crash would. */
    void end(AheadOfTime code) {
        if (keeps) {
            try {
                // Who is paused does not end.
                signal("CONT");
                signal("TERM");
                process()
                        .ifPresent(process -> process.onExit()
                                .completeOnTimeout(process, KEEP_SECONDS, TimeUnit.SECONDS)
                                .join());
                if (process().isEmpty()) {
                    takeWhatItKept(code);
                }
            } catch (IOException e) {
                // Then nothing is kept, and the next one starts as slowly as this one did.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        destroy();
    }

    /** The height that it has executed and the hash of its state there, as text; empty if it does not answer. */
    public Optional<String> state() throws InterruptedException {
        return ask("GET", "/state").filter(answer -> answer.statusCode() == 200).map(HttpResponse::body);
    }

    /** Whether it answers that it takes part. */
    public boolean isReady() throws InterruptedException {
        return ask("GET", "/ready").filter(answer -> answer.statusCode() == 200).isPresent();
    }

    /** What it says of itself; empty if it does not answer. */
    public Optional<JsonNode> status() throws InterruptedException {
        Optional<HttpResponse<String>> answer = ask("GET", "/status");
        try {
            return answer.isEmpty() || answer.get().statusCode() != 200
                    ? Optional.empty()
                    : Optional.of(JSON.readTree(answer.get().body()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * The sum of all samples of its metrics whose names and labels begin like this; 0 if it does not answer.
     *
     * @param beginning such as {@code jvm_memory_used_bytes}, a brace and the first labels
     */
    public double metric(String beginning) throws InterruptedException {
        return ask("GET", "/metrics").stream()
                .flatMap(answer -> answer.body().lines())
                .filter(line -> line.startsWith(beginning))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Has it make or mend faults. */
    public void fault(String path) throws InterruptedException {
        HttpResponse<String> answer = ask("POST", "/faults/" + path)
                .orElseThrow(() -> new ClusterException("v" + index + " does not answer on " + admin));
        if (answer.statusCode() != 200) {
            throw new ClusterException("v" + index + ": " + answer.body());
        }
    }

    private Optional<HttpResponse<String>> ask(String method, String path) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(ANSWER)
                .build();
        try {
            return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Sends a signal by its name, such as {@code STOP}. */
    public void signal(String name) throws IOException, InterruptedException {
        ProcessHandle process =
                process().orElseThrow(() -> new ClusterException("v" + index + " does not run: nothing to signal"));
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new ClusterException("v" + index + ", process " + process.pid() + ", cannot be sent " + name);
        }
    }

    /** The last lines that it printed. */
    public List<String> tail() {
        try (Stream<String> lines = Files.lines(log())) {
            List<String> all = lines.toList();
            return all.subList(Math.max(0, all.size() - TAIL_LINES), all.size());
        } catch (IOException e) {
            return List.of("no log: " + e.getMessage());
        }
    }
}
