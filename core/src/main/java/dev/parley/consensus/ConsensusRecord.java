package dev.parley.consensus;

/** What a protocol must find again after a restart. Immutable; each protocol has its own sealed set of them. */
public interface ConsensusRecord {}
