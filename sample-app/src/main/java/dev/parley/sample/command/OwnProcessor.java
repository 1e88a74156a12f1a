package dev.parley.sample.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A processor that one process has for itself, as if it were on a machine of its own. By the program taskset, on Linux. */
final class OwnProcessor {
    private final String last;

    private OwnProcessor(int last) {
        this.last = Integer.toString(last);
    }

    /**
     * Leaves the last processor alone from now on, in this process and all that it starts.
     *
     * @throws UsageException if there is one processor alone, or no such program
     */
    static OwnProcessor leave() throws InterruptedException {
        int last = Runtime.getRuntime().availableProcessors() - 1;
        if (last < 1) {
            throw new UsageException("--own-processor needs two processors");
        }
        tie(ProcessHandle.current(), "0-" + (last - 1));
        return new OwnProcessor(last);
    }

    /** Ties a process to it, with all its threads. */
    void give(ProcessHandle process) throws InterruptedException {
        tie(process, last);
    }

    private static void tie(ProcessHandle process, String processors) throws InterruptedException {
        try {
            Process taskset = new ProcessBuilder("taskset", "-acp", processors, Long.toString(process.pid()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String wrong = new String(taskset.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (taskset.waitFor() != 0) {
                throw new FailedException(wrong);
            }
        } catch (IOException e) {
            throw new UsageException("--own-processor needs the program taskset: " + e.getMessage());
        }
    }
}
