/** Tests of HoneyBadgerBFT's agreement: under random schedules and Byzantine peers, each run by its seed. */
@NullMarked
package dev.parley.honeybadger.agreement;

import org.jspecify.annotations.NullMarked;
