package dev.parley.consensus;

/** What validators of one protocol send each other; each protocol has its own sealed set of them. Immutable. */
public interface ConsensusMessage {}
