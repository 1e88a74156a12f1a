package dev.parley.sample.bank;

import java.util.SortedMap;

/** The whole state of a {@link Bank}. */
public record Books(long executed, SortedMap<String, Long> balances) {}
