/**
 * Agreement on a common subset of n broadcasts (Ben-Or, Kelmer & Rabin, 1994; HoneyBadgerBFT, figure 4). Begin with
 * {@link dev.parley.honeybadger.subset.CommonSubset}.
 */
@NullMarked
package dev.parley.honeybadger.subset;

import org.jspecify.annotations.NullMarked;
