/**
 * Tendermint as a pure state machine: Algorithm 1 of Buchman, Kwon &amp; Milosevic, "The latest gossip on BFT consensus" (arXiv
 * 1807.04938). It knows the seam in {@code dev.parley.consensus} and nothing of threads, clocks, networks or disks. Begin with
 * {@link dev.parley.tendermint.TendermintCore}: each upon-rule of the algorithm is one method that names its lines.
 */
@NullMarked
package dev.parley.tendermint;

import org.jspecify.annotations.NullMarked;
