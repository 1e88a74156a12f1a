/**
 * What a validator tells of itself: one stream of observations that logs, metrics, traces and the live view read. Nothing in here
 * is ever acted on by consensus.
 */
@NullMarked
package dev.parley.consensus.observe;

import org.jspecify.annotations.NullMarked;
