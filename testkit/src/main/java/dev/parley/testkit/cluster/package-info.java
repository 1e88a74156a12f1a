/**
 * Clusters for tests: one test method, which is handed a {@link dev.parley.testkit.cluster.Cluster} and does not know whether it runs in the
 * simulator, in one JVM or in processes of its own. Begin with {@link dev.parley.testkit.cluster.ClusterTest}. The processes themselves, {@link
 * dev.parley.testkit.cluster.ClusterLayout} and {@link dev.parley.testkit.cluster.NodeProcess}, serve commands too.
 */
@NullMarked
package dev.parley.testkit.cluster;

import org.jspecify.annotations.NullMarked;
