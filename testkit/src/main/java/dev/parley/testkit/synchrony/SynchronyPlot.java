package dev.parley.testkit.synchrony;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A small diagram for each condition, commands committed over virtual time, as SVG: a pure function of the runs. */
public final class SynchronyPlot {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 520;
    private static final int PANEL_WIDTH = 250;
    private static final int PANEL_HEIGHT = 160;
    private static final int COLUMNS = 3;
    private static final int LEGEND_Y = 500;
    private static final Duration STEP = Duration.ofMillis(500);
    /** As in the plots of the comparison: distinguishable without colours too. */
    private static final List<String> COLOURS = List.of("#0072b2", "#d55e00", "#009e73");

    private static final List<String> DASHES = List.of("", "7 3", "2 3");
    private static final List<Integer> SECONDS = List.of(0, 30, 60, 90);

    private final StringBuilder svg = new StringBuilder();

    private SynchronyPlot() {}

    public static String of(Synchrony synchrony) {
        SynchronyPlot plot = new SynchronyPlot();
        plot.draw(synchrony);
        return plot.svg.toString();
    }

    private void draw(Synchrony synchrony) {
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">"
                        .formatted(WIDTH, HEIGHT));
        line("<title>Commands committed over virtual time, by condition</title>");
        line("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        for (Condition condition : Condition.values()) {
            int at = List.of(Condition.values()).indexOf(condition);
            draw(
                    condition.title(),
                    synchrony.runs().stream()
                            .filter(run -> run.condition() == condition)
                            .toList(),
                    55 + at % COLUMNS * 310,
                    40 + at / COLUMNS * 230);
        }
        for (int i = 0; i < Synchrony.PROTOCOLS.size(); i++) {
            int x = 55 + i * 160;
            line("<path d=\"M%d %dh36\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>"
                    .formatted(x, LEGEND_Y, COLOURS.get(i), DASHES.get(i)));
            line("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>"
                    .formatted(x + 44, LEGEND_Y + 4, COLOURS.get(i), Synchrony.PROTOCOLS.get(i)));
        }
        line("<rect x=\"555\" y=\"%d\" width=\"36\" height=\"14\" fill=\"#eeeeee\"/>".formatted(LEGEND_Y - 7));
        line("<text x=\"599\" y=\"%d\">while the condition holds</text>".formatted(LEGEND_Y + 4));
        line("</svg>");
    }

    private void draw(String title, List<SynchronyRun> runs, int left, int top) {
        int bottom = top + PANEL_HEIGHT;
        line("<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>".formatted(left, top - 10, title));
        line("<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"#eeeeee\"/>"
                .formatted(
                        number(x(SynchronyRun.BEGIN, left)),
                        top,
                        number(x(SynchronyRun.END, left) - x(SynchronyRun.BEGIN, left)),
                        PANEL_HEIGHT));
        line("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#888888\"/>"
                .formatted(left, top, PANEL_WIDTH, PANEL_HEIGHT));
        for (int second : SECONDS) {
            line("<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%d s</text>"
                    .formatted(number(x(Duration.ofSeconds(second), left)), bottom + 16, second));
        }
        long most = runs.getFirst().brought().size();
        for (long tick = 0; tick <= most; tick += most / 3) {
            line("<text x=\"%d\" y=\"%s\" text-anchor=\"end\" dy=\"0.35em\">%d</text>"
                    .formatted(left - 6, number(bottom - (double) PANEL_HEIGHT * tick / most), tick));
        }
        for (int i = 0; i < runs.size(); i++) {
            StringBuilder path = new StringBuilder();
            for (Duration at = Duration.ZERO; at.compareTo(SynchronyRun.STOP) <= 0; at = at.plus(STEP)) {
                double y = bottom - (double) PANEL_HEIGHT * runs.get(i).committedWithin(Duration.ZERO, at) / most;
                path.append(path.isEmpty() ? "M" : "L")
                        .append(number(x(at, left)))
                        .append(' ')
                        .append(number(y));
            }
            line("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>"
                    .formatted(path, COLOURS.get(i), DASHES.get(i)));
        }
    }

    private static double x(Duration at, int left) {
        return left + (double) PANEL_WIDTH * at.toMillis() / SynchronyRun.STOP.toMillis();
    }

    private static String number(double pixels) {
        return String.format(Locale.ROOT, "%.1f", pixels);
    }

    private void line(String text) {
        svg.append(text).append('\n');
    }
}
