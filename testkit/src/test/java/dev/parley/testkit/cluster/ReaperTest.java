package dev.parley.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the end of the reaper's input does is what the end of this process does. */
class ReaperTest {
    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path directory;

    private Process sleeper(String argument) throws IOException {
        Process process = new ProcessBuilder("sh", "-c", "sleep 600; true", argument).start();
        started.add(process);
        return process;
    }

    @AfterEach
    void end() {
        started.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }

    @Test
    void processes_end_with_whoever_started_them_even_while_they_are_stopped() throws Exception {
        Process running = sleeper(directory.toString());
        Process stopped = sleeper(directory.toString());
        Process foreign = sleeper("another");
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(stopped.pid()))
                        .start()
                        .waitFor())
                .isZero();
        Reaper reaper = new Reaper(directory);
        List.of(running, stopped, foreign).forEach(process -> reaper.watch(process.pid()));
        assertThat(List.of(running, stopped, foreign)).allMatch(Process::isAlive);
        reaper.close();
        assertThat(running.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(stopped.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(foreign.isAlive()).as("a number that another program has").isTrue();
    }
}
