/**
 * What a validator finds again after a restart: its protocol's records and its log. Begin with
 * {@link dev.parley.storage.Storage}.
 */
@NullMarked
package dev.parley.storage;

import org.jspecify.annotations.NullMarked;
