package dev.parley.benchmarks.peers;

import java.io.IOException;

/** No process outlives the one that started it: its standard input is a pipe from there, and ends with it. */
public final class Lifeline {
    private static final int PARENT_IS_GONE = 3;

    private Lifeline() {}

    /** From now on this process ends, without ado, when its standard input does. */
    public static void hold() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nobody says anything: only the end matters.
                        }
                    } catch (IOException e) {
                        // As good as its end.
                    }
                    Runtime.getRuntime().halt(PARENT_IS_GONE);
                },
                "lifeline");
        watch.setDaemon(true);
        watch.start();
    }
}
