/**
 * The seam between Parley and a consensus protocol. A protocol is a {@link dev.parley.consensus.ConsensusCore}: a pure state
 * machine that takes one {@link dev.parley.consensus.Input} at a time and answers with {@link dev.parley.consensus.Effect}s. It
 * knows no thread, no clock, no network and no disk; the shell in {@code dev.parley.validator} and the simulator drive the same
 * object. This package knows hashes, keys and the binary form, and no protocol by name. Begin with
 * {@link dev.parley.consensus.ConsensusProtocol}.
 */
@NullMarked
package dev.parley.consensus;

import org.jspecify.annotations.NullMarked;
