/** The README's first program: a replicated counter. */
@NullMarked
package dev.parley.sample.hello;

import org.jspecify.annotations.NullMarked;
