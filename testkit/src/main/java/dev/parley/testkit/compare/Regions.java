package dev.parley.testkit.compare;

import dev.parley.testkit.sim.Links;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Round-trip times between regions of a cloud, from the table in this package's resources, whose first lines name its source.
 *
 * @param names in the order of the table
 * @param roundTripMicros by region and region
 */
@SuppressWarnings("ArrayRecordComponent") // package-private, never compared
record Regions(List<String> names, long[][] roundTripMicros) {
    private static final String RESOURCE = "region-latencies.csv";
    /** One for each continent that the table covers well; the order in which clusters of fewer than fifteen take regions. */
    private static final List<String> SPREAD = List.of(
            "us-east-1",
            "eu-central-1",
            "ap-northeast-1",
            "sa-east-1",
            "us-west-2",
            "ap-south-1",
            "ap-southeast-2",
            "ca-central-1",
            "ap-southeast-1",
            "eu-west-1");

    static Regions load() {
        try (InputStream in = Regions.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the test kit has lost its resource " + RESOURCE);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Regions parse(String csv) {
        List<String[]> rows = csv.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(","))
                .toList();
        String[] header = rows.getFirst();
        List<String> names = Arrays.asList(header).subList(1, header.length);
        long[][] micros = new long[names.size()][names.size()];
        for (int from = 0; from < names.size(); from++) {
            String[] row = rows.get(from + 1);
            if (!row[0].equals(names.get(from)) || row.length != header.length) {
                throw new IllegalStateException(RESOURCE + ": row " + row[0] + " is not that of " + names.get(from));
            }
            for (int to = 0; to < names.size(); to++) {
                micros[from][to] = new BigDecimal(row[to + 1]).movePointRight(3).longValueExact();
            }
        }
        return new Regions(List.copyOf(names), micros);
    }

    /** Which regions a cluster of so many takes, one for each validator: spread over the world first, then all. */
    List<String> chosen(int size) {
        if (size > names.size()) {
            throw new IllegalArgumentException(size + " validators have no region each: the table has " + names.size());
        }
        return size <= SPREAD.size() ? SPREAD.subList(0, size) : names.subList(0, size);
    }

    /** One validator in each of these regions; a message takes half of a round trip. */
    Links links(List<String> regions) {
        long[][] delays = new long[regions.size()][regions.size()];
        for (int from = 0; from < delays.length; from++) {
            for (int to = 0; to < delays.length; to++) {
                delays[from][to] =
                        roundTripMicros[names.indexOf(regions.get(from))][names.indexOf(regions.get(to))] / 2;
            }
        }
        return Links.of(delays);
    }
}
