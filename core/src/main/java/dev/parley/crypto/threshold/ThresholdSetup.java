package dev.parley.crypto.threshold;

/** What a party is given by whoever deals the keys. */
public record ThresholdSetup(ThresholdKeys keys, ThresholdSecret secret) {}
