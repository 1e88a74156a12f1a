/** Tests of the store's commands, their texts and their determinism. */
@NullMarked
package dev.parley.sample.store;

import org.jspecify.annotations.NullMarked;
