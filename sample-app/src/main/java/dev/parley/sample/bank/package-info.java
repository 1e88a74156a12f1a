/**
 * The bank that the demonstration replicates: small enough to read at once, and its statements show whether each transfer was executed
 * exactly once. Knows the state machine's interface alone. Begin with {@link dev.parley.sample.bank.Bank}.
 */
@NullMarked
package dev.parley.sample.bank;

import org.jspecify.annotations.NullMarked;
