/** Tests of HotStuff, on a synchronous in-memory cluster of cores with ideal signatures; begin with {@code TestCluster}. */
@NullMarked
package dev.parley.tendermint;

import org.jspecify.annotations.NullMarked;
