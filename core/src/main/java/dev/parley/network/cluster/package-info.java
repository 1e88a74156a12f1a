/**
 * Validators in processes of their own, over Apache Pekko's remoting: {@link dev.parley.network.cluster.ClusterNetwork} carries the
 * datagrams of {@link dev.parley.network.secure.SecureLinks} between the fixed addresses of the validators. The Pekko cluster's
 * membership is shown to operators ({@link dev.parley.network.cluster.ClusterView}) and decides nothing.
 */
@NullMarked
package dev.parley.network.cluster;

import org.jspecify.annotations.NullMarked;
