/**
 * HoneyBadgerBFT (Miller, Xia, Croman, Shi & Song, CCS 2016) as pure state machines: reliable broadcast, binary agreement, a common coin,
 * and agreement on a common subset, each in a package of its own. No clock and no time-out anywhere.
 */
@NullMarked
package dev.parley.honeybadger;

import org.jspecify.annotations.NullMarked;
