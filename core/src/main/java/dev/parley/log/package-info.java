/**
 * The replicated log as applications see it: commands, the batches of them that blocks carry, entries with their certificates,
 * receipts. Knows the consensus seam, hashes and the binary form; knows no protocol, no actor. Begin with
 * {@link dev.parley.log.Command}.
 */
@NullMarked
package dev.parley.log;

import org.jspecify.annotations.NullMarked;
