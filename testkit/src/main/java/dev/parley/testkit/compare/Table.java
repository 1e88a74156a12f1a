package dev.parley.testkit.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table of the comparison, as Markdown carries it.
 *
 * @param name in small letters with hyphens; on a page the table stands between {@code <!-- table: NAME -->} and
 *     {@code <!-- end -->}
 * @param title for readers of a terminal
 * @param header where the rows are measured, the first two columns are the protocol and n
 */
public record Table(String name, String title, List<String> header, List<List<String>> rows) {
    private static final String END = "<!-- end -->";

    public Table {
        header = List.copyOf(header);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != header.size()) {
                throw new IllegalArgumentException("table " + name + " has a row of " + row.size() + " cells: " + row);
            }
        }
    }

    /** The lines of the table, without those that begin and end it on a page. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(line(header)).append("\n|");
        for (int i = 0; i < header.size(); i++) {
            text.append(isOfNumbers(i) ? "--:|" : "---|");
        }
        text.append('\n');
        rows.forEach(row -> text.append(line(row)).append('\n'));
        return text.toString();
    }

    /** The page with this table in the place of the one of the same name. */
    public String putInto(String page) {
        int begin = page.indexOf(opening(name));
        int end = begin < 0 ? -1 : page.indexOf(END, begin);
        if (end < 0) {
            throw new IllegalArgumentException("the page has no place for the table " + name + ": put " + opening(name)
                    + " and " + END + " into it");
        }
        return page.substring(0, begin) + opening(name) + "\n" + markdown() + page.substring(end);
    }

    /** The table of that name on a page; empty if the page has none. */
    public static Optional<Table> on(String page, String name) {
        int begin = page.indexOf(opening(name));
        int end = begin < 0 ? -1 : page.indexOf(END, begin);
        if (end < 0) {
            return Optional.empty();
        }
        return parse(name, name, page.substring(begin, end));
    }

    /** The first table of the text; empty if it has none. */
    static Optional<Table> parse(String name, String title, String text) {
        List<List<String>> lines = text.lines()
                .filter(line -> line.startsWith("|") && !line.startsWith("|--"))
                .map(Table::cells)
                .toList();
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(new Table(name, title, lines.getFirst(), lines.subList(1, lines.size())));
    }

    /** The table with those rows only whose column {@code n} has one of the sizes. */
    public Table ofSizes(List<Integer> sizes) {
        List<List<String>> kept = new ArrayList<>();
        for (List<String> row : rows) {
            if (sizes.contains(Integer.parseInt(row.get(1)))) {
                kept.add(row);
            }
        }
        return new Table(name, title, header, kept);
    }

    /** Which protocols have rows, in order. */
    List<String> protocols() {
        return rows.stream().map(List::getFirst).distinct().toList();
    }

    /** The points (n, value of a column) of one protocol; those without a number are left out. */
    List<double[]> points(String protocol, String column) {
        int at = header.indexOf(column);
        return at < 0
                ? List.of()
                : rows.stream()
                        .filter(row -> row.getFirst().equals(protocol))
                        .flatMap(row ->
                                number(row.get(at))
                                        .map(value -> new double[] {Double.parseDouble(row.get(1)), value})
                                        .stream())
                        .toList();
    }

    private boolean isOfNumbers(int column) {
        return rows.stream().allMatch(row -> number(row.get(column)).isPresent());
    }

    private static Optional<Double> number(String cell) {
        try {
            return Optional.of(Double.parseDouble(cell));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String opening(String name) {
        return "<!-- table: " + name + " -->";
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private static List<String> cells(String line) {
        return Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|"))
                .map(String::strip)
                .toList();
    }

    /** A row of cells of any kind; numbers with at most two decimals. */
    static List<String> row(Object... cells) {
        return Arrays.stream(cells)
                .map(cell -> cell instanceof Double number ? decimal(number) : cell.toString())
                .toList();
    }

    private static String decimal(double number) {
        return java.math.BigDecimal.valueOf(number)
                .setScale(Math.abs(number) < 1000 ? 2 : 0, java.math.RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
