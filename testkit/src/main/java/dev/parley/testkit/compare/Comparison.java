package dev.parley.testkit.compare;

import dev.parley.testkit.sim.ProtocolUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * What each protocol costs, in tables: the good case, f silent validators, a leader that has fallen silent, regions of a cloud, narrow lines.
 * The same in each run, on each machine.
 *
 * <pre>{@code
 * Comparison comparison = new Comparison(Comparison.available(), Comparison.SIZES);
 * comparison.tables(step -> {}).forEach(table -> System.out.println(table.markdown()));
 * }</pre>
 *
 * @param protocols whose rows come in this order
 * @param sizes how many validators; each 4 to {@link #MOST_VALIDATORS}. Regions and lines have sizes of their own; of these only
 *     those are measured that are no larger than the largest here
 */
public record Comparison(List<ProtocolUnderTest> protocols, List<Integer> sizes) {
    /** What the requirement asks for. */
    public static final List<Integer> SIZES = List.of(4, 7, 16, 31, 64, 128);

    /** What a test can afford. */
    public static final List<Integer> QUICK_SIZES = List.of(4, 7);

    public static final int MOST_VALIDATORS = 128;

    public Comparison {
        protocols = List.copyOf(protocols);
        sizes = List.copyOf(sizes);
        for (int size : sizes) {
            if (size < 4 || size > MOST_VALIDATORS) {
                throw new IllegalArgumentException(
                        "4 to " + MOST_VALIDATORS + " validators can be compared, not " + size);
            }
        }
    }

    /** All that the class path has, by name. */
    public static List<ProtocolUnderTest> available() {
        return ServiceLoader.load(ProtocolUnderTest.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(ProtocolUnderTest::name))
                .toList();
    }

    /** What the protocols' papers state, where, and what is measured here in its place. */
    public static Table papers() {
        try (InputStream in = Comparison.class.getResourceAsStream("papers.md")) {
            if (in == null) {
                throw new IllegalStateException("the test kit has lost its resource papers.md");
            }
            return Table.parse("papers", "What the papers say", new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param progress told what is measured next, in a few words */
    public List<Table> tables(Consumer<String> progress) {
        Table good = table("good", "Good case", CostTables.GOOD, sizes, protocols, CostTables::good, progress);
        return List.of(
                good,
                Growth.of(good),
                table(
                        "silent",
                        "f silent validators",
                        CostTables.SILENT,
                        sizes,
                        protocols,
                        CostTables::silent,
                        progress),
                table(
                        "faulty-leader",
                        "A leader falls silent",
                        CostTables.FAULTY_LEADER,
                        sizes,
                        protocols.stream().filter(ProtocolUnderTest::hasLeaders).toList(),
                        CostTables::faultyLeader,
                        progress),
                table(
                        "regions",
                        "One validator per region",
                        RegionTable.HEADER,
                        affordable(RegionTable.SIZES),
                        protocols,
                        RegionTable::row,
                        progress),
                table(
                        "throughput",
                        "25 Mbit/s per validator",
                        ThroughputTable.HEADER,
                        affordable(ThroughputTable.SIZES),
                        protocols,
                        ThroughputTable::row,
                        progress));
    }

    /** Those of the sizes with which a protocol is measured. */
    public static List<Integer> sizesOf(ProtocolUnderTest protocol, List<Integer> sizes) {
        return sizes.stream().filter(size -> size <= protocol.mostMeasured()).toList();
    }

    private List<Integer> affordable(List<Integer> own) {
        int largest = sizes.stream().mapToInt(Integer::intValue).max().orElse(0);
        return own.stream().filter(size -> size <= largest).toList();
    }

    private Table table(
            String name,
            String title,
            List<String> header,
            List<Integer> rowSizes,
            List<ProtocolUnderTest> measured,
            BiFunction<ProtocolUnderTest, Integer, List<String>> measure,
            Consumer<String> progress) {
        List<List<String>> rows = new ArrayList<>();
        for (ProtocolUnderTest protocol : measured) {
            for (int size : sizesOf(protocol, rowSizes)) {
                progress.accept(name + ": " + protocol.name() + ", n = " + size);
                rows.add(measure.apply(protocol, size));
            }
        }
        return new Table(name, title, header, rows);
    }
}
