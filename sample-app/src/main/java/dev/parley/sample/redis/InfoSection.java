package dev.parley.sample.redis;

import java.util.SequencedMap;

/**
 * One section of what INFO answers.
 *
 * @param name such as {@code Replication}; asked for in any mixture of capitals and small letters
 * @param figures names and values, in the order in which they are shown; without line breaks
 */
public record InfoSection(String name, SequencedMap<String, String> figures) {}
