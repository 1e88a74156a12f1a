package dev.parley.sample.bank;

/**
 * What a transfer gave.
 *
 * @param number which execution of a transfer this was, from 1: no number twice and none missing means each once
 * @param accepted false if the money was not there, and nothing moved
 * @param total the money in all accounts, which no transfer changes
 */
public record Statement(long number, boolean accepted, long total) {}
