/** What a validator's lines in the log have in common: {@link dev.parley.logging.LogContext}. Knows SLF4J and no actor. */
@NullMarked
package dev.parley.logging;

import org.jspecify.annotations.NullMarked;
