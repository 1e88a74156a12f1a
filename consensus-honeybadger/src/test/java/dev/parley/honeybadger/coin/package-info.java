/** Tests of HoneyBadgerBFT's coin: under random schedules and Byzantine peers, each run by its seed. */
@NullMarked
package dev.parley.honeybadger.coin;

import org.jspecify.annotations.NullMarked;
