/**
 * Reliable broadcast, algorithm RBC of HoneyBadgerBFT (Figure 2), after Bracha (1987) and Cachin &amp; Tessaro's AVID (2005): one sender
 * hands one value to all, and correct validators get the same or none do. Begin with
 * {@link dev.parley.honeybadger.broadcast.ReliableBroadcast}.
 */
@NullMarked
package dev.parley.honeybadger.broadcast;

import org.jspecify.annotations.NullMarked;
