/**
 * What the test kit knows of Tendermint: its slots, oracles, behaviours and planted bugs. The only package here that knows that protocol.
 * Begin with {@link dev.parley.testkit.tendermint.TendermintUnderTest}.
 */
@NullMarked
package dev.parley.testkit.tendermint;

import org.jspecify.annotations.NullMarked;
