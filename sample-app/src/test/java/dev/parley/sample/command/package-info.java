/** Tests of the command line, and of what the documents say of it. */
@NullMarked
package dev.parley.sample.command;

import org.jspecify.annotations.NullMarked;
