/** What holds for all of HoneyBadgerBFT; each sub-protocol's tests are in its package. */
@NullMarked
package dev.parley.honeybadger;

import org.jspecify.annotations.NullMarked;
