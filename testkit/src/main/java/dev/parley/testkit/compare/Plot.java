package dev.parley.testkit.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Four small diagrams of the tables, over the number of validators, both axes logarithmic: a pure function of the tables, as SVG. */
public final class Plot {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 700;
    private static final int PANEL_WIDTH = 380;
    private static final int PANEL_HEIGHT = 240;
    /** Distinguishable by those who see few colours (Okabe and Ito); the dash tells lines apart without colours. */
    private static final List<String> COLOURS = List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9");

    private static final List<String> DASHES = List.of("", "7 3", "2 3", "9 3 2 3", "4 4");
    private static final List<String> MARKS = List.of("●", "■", "▲", "◆", "✚");

    /** @param fitted whether to draw and name the power of n that comes nearest */
    private record Panel(String title, Table table, String column, boolean fitted) {}

    private final StringBuilder svg = new StringBuilder();
    private final List<String> protocols;

    private Plot(List<String> protocols) {
        this.protocols = protocols;
    }

    /**
     * @param good the table of that name
     * @param throughput the table of that name
     */
    public static String of(Table good, Table throughput) {
        Plot plot = new Plot(good.protocols());
        plot.draw(List.of(
                new Panel("messages per block, all validators together", good, "messages", true),
                new Panel("bytes per block, all validators together", good, "bytes", true),
                new Panel("signatures verified per block and validator", good, "signatures verified", false),
                new Panel("commands/s at 25 Mbit/s per validator", throughput, "commands/s, consensus alone", false)));
        return plot.svg.toString();
    }

    private void draw(List<Panel> panels) {
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">"
                        .formatted(WIDTH, HEIGHT));
        line("<title>What the protocols cost, by the number of validators</title>");
        line("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        for (int i = 0; i < panels.size(); i++) {
            draw(panels.get(i), 80 + (i % 2) * 470, 50 + (i / 2) * 320);
        }
        for (int i = 0; i < protocols.size(); i++) {
            int x = 80 + i * 220;
            line("<path d=\"M%d 680h36\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>"
                    .formatted(x, colour(i), dash(i)));
            line("<text x=\"%d\" y=\"684\" fill=\"%s\">%s %s</text>"
                    .formatted(x + 44, colour(i), mark(i), protocols.get(i)));
        }
        line("</svg>");
    }

    private void draw(Panel panel, int left, int top) {
        List<List<double[]>> series = new ArrayList<>();
        TreeSet<Double> sizes = new TreeSet<>();
        double low = Double.MAX_VALUE;
        double high = Double.MIN_VALUE;
        for (String protocol : protocols) {
            List<double[]> points = panel.table().points(protocol, panel.column());
            series.add(points);
            for (double[] point : points) {
                sizes.add(point[0]);
                low = Math.min(low, point[1]);
                high = Math.max(high, point[1]);
            }
        }
        line("<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>".formatted(left, top - 14, panel.title()));
        line("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#888888\"/>"
                .formatted(left, top, PANEL_WIDTH, PANEL_HEIGHT));
        if (sizes.isEmpty()) {
            return;
        }
        Axis across = new Axis(sizes.first() / 1.2, sizes.last() * 1.2, left, PANEL_WIDTH);
        Axis up = new Axis(
                StrictMath.pow(10, Math.floor(StrictMath.log10(low))),
                StrictMath.pow(10, Math.ceil(StrictMath.log10(high))),
                top + PANEL_HEIGHT,
                -PANEL_HEIGHT);
        for (double size : sizes) {
            line("<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%d</text>"
                    .formatted(number(across.at(size)), top + PANEL_HEIGHT + 18, (int) size));
        }
        line("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">n</text>"
                .formatted(left + PANEL_WIDTH, top + PANEL_HEIGHT + 34));
        for (double tick = up.low(); tick <= up.high() * 1.001; tick *= 10) {
            String y = number(up.at(tick));
            line("<path d=\"M%d %sh%d\" stroke=\"#dddddd\"/>".formatted(left, y, PANEL_WIDTH));
            line("<text x=\"%d\" y=\"%s\" text-anchor=\"end\" dy=\"0.35em\">%s</text>"
                    .formatted(left - 8, y, tickText(tick)));
        }
        for (int i = 0; i < series.size(); i++) {
            draw(series.get(i), i, across, up);
            if (panel.fitted()) {
                drawFit(series.get(i), i, across, up, left + 10, top + 18 + 16 * i);
            }
        }
    }

    private void draw(List<double[]> points, int index, Axis across, Axis up) {
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            String x = number(across.at(point[0]));
            String y = number(up.at(point[1]));
            path.append(path.isEmpty() ? "M" : "L").append(x).append(' ').append(y);
            line("<text x=\"%s\" y=\"%s\" fill=\"%s\" text-anchor=\"middle\" dy=\"0.35em\" font-size=\"10\">%s</text>"
                    .formatted(x, y, colour(index), mark(index)));
        }
        line("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>"
                .formatted(path, colour(index), dash(index)));
    }

    /** A thin line over the sizes that the fit took, and its exponent at the upper left. */
    private void drawFit(List<double[]> points, int index, Axis across, Axis up, int x, int y) {
        List<double[]> taken = Growth.within(points);
        if (taken.size() < 2) {
            return;
        }
        Growth.Fit fit = Growth.fit(taken);
        double first = taken.getFirst()[0];
        double last = taken.getLast()[0];
        line("<path d=\"M%s %sL%s %s\" stroke=\"%s\" stroke-width=\"0.7\"/>"
                .formatted(
                        number(across.at(first)),
                        number(up.at(fit.at(first))),
                        number(across.at(last)),
                        number(up.at(fit.at(last))),
                        colour(index)));
        line("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s n^%s</text>"
                .formatted(x, y, colour(index), mark(index), String.format(Locale.ROOT, "%.2f", fit.exponent())));
    }

    /** From {@code low} at {@code begin} over {@code length} pixels to {@code high}. */
    private record Axis(double low, double high, int begin, int length) {
        double at(double value) {
            return begin + length * StrictMath.log(value / low) / StrictMath.log(high / low);
        }
    }

    private static String tickText(double tick) {
        return tick >= 1_000_000
                ? Math.round(tick / 1_000_000) + "M"
                : tick >= 1000 ? Math.round(tick / 1000) + "k" : tick >= 1 ? "" + Math.round(tick) : "" + tick;
    }

    private static String number(double pixels) {
        return String.format(Locale.ROOT, "%.1f", pixels);
    }

    private static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    private static String dash(int index) {
        return DASHES.get(index % DASHES.size());
    }

    private static String mark(int index) {
        return MARKS.get(index % MARKS.size());
    }

    private void line(String text) {
        svg.append(text).append('\n');
    }
}
