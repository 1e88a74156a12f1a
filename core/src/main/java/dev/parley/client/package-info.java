/**
 * How a program outside the validators uses the log: {@link dev.parley.client.ParleyClient} submits commands, tries again elsewhere
 * when a validator is silent, busy or lying, and verifies every receipt before it hands out the result.
 */
@NullMarked
package dev.parley.client;

import org.jspecify.annotations.NullMarked;
