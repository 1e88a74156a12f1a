package dev.parley.testkit.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Ends processes when this one has gone, however it went: a shell that waits for the end of its input and then kills those of which it was
 * told, paused ones too. A number that another program has by then is left alone. Not thread-safe.
 */
final class Reaper implements AutoCloseable {
    private static final String SCRIPT = """
            while read -r pid; do pids="$pids $pid"; done
            arguments() { cat /proc/$1/cmdline 2>/dev/null || ps -p $1 -o args=; }
            for pid in $pids; do if arguments $pid | grep -qaF -- "$0"; then kill -9 $pid; fi; done
            """;

    private final Process shell;
    private final OutputStream in;

    /** @param directory that the arguments of all the processes name */
    Reaper(Path directory) throws IOException {
        shell = new ProcessBuilder("sh", "-c", SCRIPT, directory.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        in = shell.getOutputStream();
    }

    /** From now on the process is ended with this one. */
    void watch(long pid) {
        try {
            in.write((pid + "\n").getBytes(StandardCharsets.US_ASCII));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the shell that ends processes has gone", e);
        }
    }

    /** Ends those that still run. */
    @Override
    public void close() {
        try {
            in.close();
            shell.waitFor();
        } catch (IOException e) {
            shell.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
