package dev.parley.sample.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What clients saw of counters that are only incremented by one. A counter's value says how many increments came before, so whether a history is
 * linearizable (Herlihy & Wing, 1990) shows in one pass: no value twice, and none that is higher than one that was asked for after it had been
 * answered. What had no answer may have happened at any time, once, or not at all. Thread-safe.
 */
final class History {
    private record Increment(long begun, long ended, long value) {}

    private final Map<String, List<Increment>> answered = new TreeMap<>();
    private final Map<String, Long> unanswered = new HashMap<>();

    synchronized void answered(String counter, long begunNanos, long endedNanos, long value) {
        answered.computeIfAbsent(counter, c -> new ArrayList<>()).add(new Increment(begunNanos, endedNanos, value));
    }

    synchronized void unanswered(String counter) {
        unanswered.merge(counter, 1L, Long::sum);
    }

    synchronized long acknowledged() {
        return answered.values().stream().mapToLong(List::size).sum();
    }

    synchronized long unknown() {
        return unanswered.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized List<String> counters() {
        return List.copyOf(answered.keySet());
    }

    /**
     * @param counter one that somebody incremented
     * @param last what it was when all was over
     * @return what is wrong, none if nothing is
     */
    synchronized List<String> check(String counter, long last) {
        List<String> wrong = new ArrayList<>();
        List<Increment> byValue = new ArrayList<>(answered.getOrDefault(counter, List.of()));
        byValue.sort(Comparator.comparingLong(Increment::value).reversed());
        long open = unanswered.getOrDefault(counter, 0L);
        if (last < byValue.size()) {
            wrong.add(counter + ": " + (byValue.size() - last) + " acknowledged increments are lost: " + byValue.size()
                    + " were acknowledged and its value is " + last);
        }
        if (last > byValue.size() + open) {
            wrong.add(counter + ": " + (last - byValue.size() - open) + " increments were executed twice: "
                    + byValue.size() + " were acknowledged, " + open + " had no answer, and its value is " + last);
        }
        long earliestEnd = Long.MAX_VALUE;
        long above = last + 1;
        for (Increment increment : byValue) {
            if (increment.value() >= above) {
                wrong.add(counter + ": the value " + increment.value() + " was given to two, or is above the last one, "
                        + last);
            }
            if (earliestEnd - increment.begun() < 0) {
                wrong.add(counter + ": a value above " + increment.value()
                        + " had been answered before that one was asked for");
            }
            above = Math.min(above, increment.value());
            earliestEnd = earliestEnd == Long.MAX_VALUE || increment.ended() - earliestEnd < 0
                    ? increment.ended()
                    : earliestEnd;
        }
        return wrong;
    }
}
