/** Erasure coding: a value cut into shards of which any few give it back. It knows nothing of protocols. */
@NullMarked
package dev.parley.honeybadger.erasure;

import org.jspecify.annotations.NullMarked;
