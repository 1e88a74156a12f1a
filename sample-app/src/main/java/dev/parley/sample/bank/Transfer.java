package dev.parley.sample.bank;

/**
 * Moves money from one account to another.
 *
 * @param amount 1 or more
 */
public record Transfer(String from, String to, long amount) {}
