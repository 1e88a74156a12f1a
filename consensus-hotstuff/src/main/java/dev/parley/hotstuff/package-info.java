/**
 * Chained HotStuff as a pure state machine: the two-chain variant (Jolteon, arXiv 2106.10362) and the paper's three-chain (Yin et
 * al., PODC 2019). It knows the seam in {@code dev.parley.consensus} and nothing of threads, clocks, networks or disks. Begin with
 * {@link dev.parley.hotstuff.HotStuffCore}, which puts the rules of {@link dev.parley.hotstuff.HotStuffRules} together.
 */
@NullMarked
package dev.parley.hotstuff;

import org.jspecify.annotations.NullMarked;
