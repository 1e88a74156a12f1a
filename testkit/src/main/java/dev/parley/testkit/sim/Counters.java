package dev.parley.testkit.sim;

import java.util.Locale;

/** A number for each {@link Counter}. Not thread-safe. */
@SuppressWarnings("EnumOrdinal") // an array by counter, because runs count at every event
public final class Counters {
    private static final Counter[] ALL = Counter.values();

    private final long[] counts = new long[ALL.length];

    void add(Counter counter) {
        counts[counter.ordinal()]++;
    }

    void add(Counters others) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += others.counts[i];
        }
    }

    public long get(Counter counter) {
        return counts[counter.ordinal()];
    }

    /** One line for each, such as {@code view changes 12}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Counter counter : ALL) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-28s %,14d%n",
                    counter.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    get(counter)));
        }
        return text.toString();
    }
}
