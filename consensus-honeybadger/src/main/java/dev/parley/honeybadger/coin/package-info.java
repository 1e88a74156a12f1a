/**
 * The common coin: a bit for each round that nobody knows before f + 1 validators have given their share of it. Begin with
 * {@link dev.parley.honeybadger.coin.Coin}.
 */
@NullMarked
package dev.parley.honeybadger.coin;

import org.jspecify.annotations.NullMarked;
