package dev.parley.storage;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a data directory holds.
 *
 * @param firstHeight of the log that is kept
 * @param lastHeight one less than the first for an empty log
 * @param snapshotHeight 0 if there is no snapshot
 * @param records of the protocol, by its numbers for their kinds
 */
public record DataReport(
        DataDirectory.Identity identity,
        long firstHeight,
        long lastHeight,
        long snapshotHeight,
        long snapshotBytes,
        SortedMap<Integer, Integer> records) {
    public DataReport {
        records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
    }
}
