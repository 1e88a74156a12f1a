/**
 * A whole cluster in one thread, under virtual time: every run follows from its seed alone. Real engines, pools and executors run over a
 * simulated network, simulated disks and simulated clocks. Begin with {@link dev.parley.testkit.sim.Simulation} for one random run,
 * {@link dev.parley.testkit.sim.Campaign} for many, {@link dev.parley.testkit.sim.SimulatedCluster} for one that a test directs.
 * Knows the consensus seam and no protocol by name.
 */
@NullMarked
package dev.parley.testkit.sim;

import org.jspecify.annotations.NullMarked;
