/**
 * Parley beside other replicated logs in Java, on one machine, in one run: the same clients, commands, load and durability. Begin with
 * {@link dev.parley.benchmarks.peers.PeerComparison}; each system is a {@link dev.parley.benchmarks.peers.Contender}, whose servers and
 * client run in processes of their own. Aeron Cluster and Ratis bear crashes alone, Parley Byzantine faults.
 */
@NullMarked
package dev.parley.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
