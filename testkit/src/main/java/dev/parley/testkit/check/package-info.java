/**
 * Oracles: what must hold at every event of every run, whichever protocol runs. They are told what validators sign, send, decide and
 * execute, and throw {@link dev.parley.testkit.check.Violation} at the first contradiction. Knows the consensus seam, no simulator and
 * no protocol. Begin with {@link dev.parley.testkit.check.Oracle}.
 */
@NullMarked
package dev.parley.testkit.check;

import org.jspecify.annotations.NullMarked;
