/** Tests of the server with a store in place of the replicated log. */
@NullMarked
package dev.parley.sample.redis;

import org.jspecify.annotations.NullMarked;
