package dev.parley.testkit.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * With which power of n costs grow: the slope of a straight line through (log n, log cost), by least squares, over {@link #LEAST} to
 * {@link #MOST} validators.
 */
final class Growth {
    static final int LEAST = 4;
    static final int MOST = 64;

    static final List<String> COSTS = List.of("messages", "bytes", "bytes of busiest", "signatures verified");

    /** cost = factor · n^exponent. */
    record Fit(double factor, double exponent) {
        double at(double n) {
            return factor * StrictMath.pow(n, exponent);
        }
    }

    private Growth() {}

    /** One row for each protocol that has two sizes or more; the largest size that the fit took stands in the second column. */
    static Table of(Table good) {
        List<String> header = new ArrayList<>(List.of("protocol", "n to"));
        COSTS.forEach(cost -> header.add("exponent of " + cost));
        List<List<String>> rows = new ArrayList<>();
        for (String protocol : good.protocols()) {
            List<double[]> first = within(good.points(protocol, COSTS.getFirst()));
            if (first.size() >= 2) {
                List<Object> cells = new ArrayList<>(List.of(protocol, (int) first.getLast()[0]));
                COSTS.forEach(cost -> cells.add(fit(good.points(protocol, cost)).exponent()));
                rows.add(Table.row(cells.toArray()));
            }
        }
        return new Table("growth", "How costs grow with n", header, rows);
    }

    static List<double[]> within(List<double[]> points) {
        return points.stream()
                .filter(point -> point[0] >= LEAST && point[0] <= MOST)
                .toList();
    }

    /** @param points (n, cost), two sizes or more of them from {@link #LEAST} to {@link #MOST} */
    static Fit fit(List<double[]> points) {
        List<double[]> logs = within(points).stream()
                .map(point -> new double[] {StrictMath.log(point[0]), StrictMath.log(point[1])})
                .toList();
        double meanX = logs.stream().mapToDouble(point -> point[0]).average().orElseThrow();
        double meanY = logs.stream().mapToDouble(point -> point[1]).average().orElseThrow();
        double both = 0;
        double squares = 0;
        for (double[] point : logs) {
            both += (point[0] - meanX) * (point[1] - meanY);
            squares += (point[0] - meanX) * (point[0] - meanX);
        }
        double exponent = both / squares;
        return new Fit(StrictMath.exp(meanY - exponent * meanX), exponent);
    }
}
