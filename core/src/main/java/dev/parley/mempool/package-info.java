/**
 * What waits to be ordered: admission, lanes, bounds, and the commands of blocks that are not decided yet, so that no correct
 * validator orders a command twice. Plain objects that one thread uses; knows blocks by their names alone, knows no protocol, no
 * actor. Begin with {@link dev.parley.mempool.Mempool}.
 */
@NullMarked
package dev.parley.mempool;

import org.jspecify.annotations.NullMarked;
