/** Tests of the erasure code. */
@NullMarked
package dev.parley.honeybadger.erasure;

import org.jspecify.annotations.NullMarked;
