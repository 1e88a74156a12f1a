package dev.parley.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of this program's class path, whose standard input is its {@link Lifeline}. */
public final class ChildProcess implements AutoCloseable {
    private static final int FIRST_JDK_THAT_WARNS = 23;
    private static final long PATIENCE_SECONDS = 10;

    private final Process process;
    private final BufferedReader lines;

    /** @param log where its errors go */
    public ChildProcess(Class<?> main, Path log, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xms1g",
                "-Xmx1g",
                // Several processes share few cores: threads of a collector's own would take them from the others.
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                // Agrona, under Aeron, needs it.
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"));
        if (Runtime.version().feature() >= FIRST_JDK_THAT_WARNS) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Reads on until it prints a line that begins so, and gives the rest of that line. */
    public String await(String beginning) throws IOException {
        String line;
        do {
            line = lines.readLine();
            if (line == null) {
                throw new IOException("the process has ended before it said '" + beginning + "'");
            }
        } while (!line.startsWith(beginning));
        return line.substring(beginning.length());
    }

    /** The time that it has had of processors. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
