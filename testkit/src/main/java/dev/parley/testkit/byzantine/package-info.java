/**
 * Validators that break the protocol on purpose. A {@link dev.parley.testkit.byzantine.Behaviour} turns a protocol into a corrupted one, so the
 * same behaviour is attached by one line to a simulated validator and to a live one, and behaviours compose. Each signs with its own
 * validator's key alone. The behaviours here work on the wire and know no protocol; those that must forge a protocol's messages live
 * beside that protocol's oracles.
 */
@NullMarked
package dev.parley.testkit.byzantine;

import org.jspecify.annotations.NullMarked;
