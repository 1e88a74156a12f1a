/**
 * What the protocols cost, measured in the simulator: message delays, messages, bytes, signatures, latency between regions, throughput
 * over slow lines. Begin with {@link dev.parley.testkit.compare.Comparison}; {@link dev.parley.testkit.compare.Testbed} is one
 * cluster under measurement. Knows the simulator and no protocol by name. Everything in here is exact and the same in each run:
 * time is virtual, and delays are as given.
 */
@NullMarked
package dev.parley.testkit.compare;

import org.jspecify.annotations.NullMarked;
