/** Tests of clusters for tests. */
@NullMarked
package dev.parley.testkit.cluster;

import org.jspecify.annotations.NullMarked;
