/** Tests of HoneyBadgerBFT's subset: under random schedules and Byzantine peers, each run by its seed. */
@NullMarked
package dev.parley.honeybadger.subset;

import org.jspecify.annotations.NullMarked;
