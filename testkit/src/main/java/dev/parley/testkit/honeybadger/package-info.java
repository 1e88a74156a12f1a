/**
 * What the test kit knows of HoneyBadgerBFT: its slots, oracles, behaviours and planted bugs. The only package here that knows that protocol.
 * Begin with {@link dev.parley.testkit.honeybadger.HoneyBadgerUnderTest}.
 */
@NullMarked
package dev.parley.testkit.honeybadger;

import org.jspecify.annotations.NullMarked;
