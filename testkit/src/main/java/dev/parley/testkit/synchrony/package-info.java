/** What becomes of each protocol when messages keep no bound: commits over virtual time, under conditions that end. */
@NullMarked
package dev.parley.testkit.synchrony;

import org.jspecify.annotations.NullMarked;
