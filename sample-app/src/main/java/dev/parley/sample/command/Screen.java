package dev.parley.sample.command;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Where a command prints. Thread-safe.
 *
 * @param out results
 * @param err errors and progress
 * @param terminal whether somebody watches, so that a line may be written over
 * @param coloured whether colours are wanted
 */
record Screen(PrintWriter out, PrintWriter err, boolean terminal, boolean coloured) {
    /** ANSI attributes. */
    enum Style {
        BOLD("1"),
        DIM("2"),
        RED("31"),
        GREEN("32"),
        YELLOW("33"),
        CYAN("36");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** The process's own. The launcher says whether stdout is a terminal; colours yield to NO_COLOR (no-color.org). */
    static Screen standard() {
        boolean terminal = Boolean.getBoolean("parley.terminal");
        String noColour = System.getenv("NO_COLOR");
        return new Screen(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                terminal,
                terminal && (noColour == null || noColour.isEmpty()));
    }

    /** Plain text into two writers. */
    static Screen plain(Writer out, Writer err) {
        return new Screen(new PrintWriter(out, true), new PrintWriter(err, true), false, false);
    }

    void line(String text) {
        out.println(text);
    }

    String paint(String text, Style... styles) {
        if (!coloured || text.isEmpty()) {
            return text;
        }
        StringBuilder painted = new StringBuilder();
        for (Style style : styles) {
            painted.append("\u001b[").append(style.code).append('m');
        }
        return painted.append(text).append("\u001b[0m").toString();
    }

    /** Writes over the present line, on a terminal; elsewhere nothing. */
    void progress(String text) {
        if (terminal) {
            err.print("\r\u001b[K" + text);
            err.flush();
        }
    }
}
